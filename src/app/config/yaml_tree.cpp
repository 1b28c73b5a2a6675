#include "app/config/yaml_tree.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/text.hpp"

namespace xzepr::app {

namespace {

class Refusal : public std::runtime_error {
 public:
  Refusal(int line, const std::string& what) : std::runtime_error(what), line_(line) {}
  [[nodiscard]] int line() const { return line_; }

 private:
  int line_;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

class TreeBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refusal(line_of(mark), "a second document (---)");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    place({.kind = YamlNode::Kind::null, .line = line_of(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal(line_of(mark), "an alias (*name); write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    // "?" is yaml-cpp's word for a plain scalar, "!" for one in quotes or a block.
    if (tag != "?" && tag != "!" && !tag.empty())
      throw Refusal(line_of(mark), fmt::format("a tag ({})", tag));
    const auto kind = tag == "!" ? YamlNode::Kind::quoted : YamlNode::Kind::plain;
    place({.kind = kind, .line = line_of(mark), .text = value});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] YamlNode take() { return std::move(root_); }

 private:
  struct Frame {
    YamlNode node;
    std::string key;
    bool has_key = false;
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Refusal(line_of(mark), "an anchor (&name); write the value out");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    if (tag != "?" && tag != "!" && !tag.empty())
      throw Refusal(line_of(mark), fmt::format("a tag ({})", tag));
    if (frames_.size() >= yaml_depth_max)
      throw Refusal(line_of(mark), fmt::format("nested deeper than {}", yaml_depth_max));
    count(line_of(mark));
    if (!frames_.empty() && wants_key()) throw Refusal(line_of(mark), "a key that is no plain word");
    frames_.push_back({.node = {.kind = kind, .line = line_of(mark)}, .key = {}, .has_key = false});
  }

  void close() {
    YamlNode done = std::move(frames_.back().node);
    frames_.pop_back();
    attach(std::move(done));
  }

  void place(YamlNode node) {
    count(node.line);
    if (!frames_.empty() && wants_key()) return set_key(node);
    attach(std::move(node));
  }

  void set_key(const YamlNode& node) {
    Frame& frame = frames_.back();
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    if (node.kind == YamlNode::Kind::null || std::ranges::any_of(node.text, is_control))
      throw Refusal(node.line, "a key that is no plain word");
    const auto is_same = [&](const auto& member) { return member.first == node.text; };
    if (std::ranges::any_of(frame.node.members, is_same)) {
      throw Refusal(node.line, fmt::format("the key \"{}\" stands here twice", node.text));
    }
    frame.key = node.text;
    frame.has_key = true;
  }

  void attach(YamlNode node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::list) {
      frame.node.items.push_back(std::move(node));
      return;
    }
    frame.node.members.emplace_back(std::move(frame.key), std::move(node));
    frame.has_key = false;
  }

  [[nodiscard]] bool wants_key() const {
    return frames_.back().node.kind == YamlNode::Kind::map && !frames_.back().has_key;
  }

  void count(int line) {
    if (++nodes_ > yaml_nodes_max) throw Refusal(line, fmt::format("more than {} values", yaml_nodes_max));
  }

  std::vector<Frame> frames_;
  YamlNode root_ = {.kind = YamlNode::Kind::map, .line = 1};
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
};

// Of the first bytes that no text holds.
std::optional<int> line_without_text(std::string_view text) {
  for (int line = 1; !text.empty(); ++line) {
    const auto one = text.substr(0, text.find('\n'));
    if (!is_valid_utf8(one) || one.contains('\0')) return line;
    text.remove_prefix(std::min(text.size(), one.size() + 1));
  }
  return std::nullopt;
}

// The scanner of yaml-cpp reads flow collections ahead of its parser's depth guard, so brackets are counted
// first. Those inside quotes and comments count too: no honest file comes near.
std::optional<int> line_with_too_many_brackets(std::string_view text) {
  std::size_t depth = 0;
  int line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > 64 * yaml_depth_max) return line;
  }
  return std::nullopt;
}

YamlNode build(std::string_view text) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  TreeBuilder builder;
  if (!parser.HandleNextDocument(builder)) return {.kind = YamlNode::Kind::map, .line = 1};
  // The builder refuses whatever it is given after its first document.
  static_cast<void>(parser.HandleNextDocument(builder));
  YamlNode root = builder.take();
  if (root.kind == YamlNode::Kind::null) root.kind = YamlNode::Kind::map;
  return root;
}

}  // namespace

std::expected<YamlNode, YamlFault> parse_yaml(std::string_view text) {
  if (text.size() > yaml_bytes_max)
    return std::unexpected(YamlFault{0, fmt::format("larger than {} bytes", yaml_bytes_max)});
  if (const auto line = line_without_text(text)) return std::unexpected(YamlFault{*line, "not UTF-8 text"});
  if (const auto line = line_with_too_many_brackets(text))
    return std::unexpected(YamlFault{*line, "nested too deep"});
  try {
    return build(text);
  } catch (const Refusal& refusal) {
    return std::unexpected(YamlFault{refusal.line(), refusal.what()});
  } catch (const YAML::Exception& error) {
    return std::unexpected(
        YamlFault{error.mark.is_null() ? 0 : line_of(error.mark), fmt::format("not YAML: {}", error.msg)});
  } catch (const std::exception& error) {
    return std::unexpected(YamlFault{0, fmt::format("not YAML: {}", error.what())});
  }
}

}  // namespace xzepr::app

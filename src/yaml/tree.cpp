#include "yaml/tree.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/text.hpp"

namespace xzepr::yaml {

namespace {

class Refusal : public std::runtime_error {
 public:
  Refusal(int line, const std::string& what) : std::runtime_error(what), line_(line) {}
  [[nodiscard]] int line() const { return line_; }

 private:
  int line_;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Limits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_.size() == limits_.documents_max) {
      throw Refusal(line_of(mark), limits_.documents_max == 1
                                       ? "a second document (---)"
                                       : fmt::format("more than {} documents", limits_.documents_max));
    }
    documents_.push_back({.kind = Node::Kind::null, .line = line_of(mark)});
    anchors_.clear();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_anchor(mark, anchor);
    place({.kind = Node::Kind::null, .line = line_of(mark)}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const int line = line_of(mark);
    if (limits_.aliases == Aliases::refused) throw Refusal(line, "an alias (*name); write the value out");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refusal(line, "an alias (*name) inside of the value that it names");
    count(found->second.nodes, line);
    if (frames_.size() + found->second.depth > limits_.depth_max) throw too_deep(line);
    if (wants_key()) return set_key(found->second.node);
    attach(found->second.node, found->second.nodes, found->second.depth);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_anchor(mark, anchor);
    check_tag(mark, tag);
    // "?" is yaml-cpp's word for a plain scalar, "!" for one in quotes or a block.
    const auto kind = tag == "!" ? Node::Kind::quoted : Node::Kind::plain;
    place({.kind = kind, .line = line_of(mark), .text = value}, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] std::vector<Node> take() { return std::move(documents_); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::size_t nodes = 1;  // itself and all below
    std::size_t depth = 1;
    std::string key = {};
    bool has_key = false;
    std::unordered_set<std::string> keys = {};
  };
  struct Anchored {
    Node node;
    std::size_t nodes;
    std::size_t depth;
  };

  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag != "?" && tag != "!" && !tag.empty())
      throw Refusal(line_of(mark), fmt::format("a tag ({})", tag));
  }

  void check_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor && limits_.aliases == Aliases::refused)
      throw Refusal(line_of(mark), "an anchor (&name); write the value out");
  }

  [[nodiscard]] Refusal too_deep(int line) const {
    return {line, fmt::format("nested deeper than {}", limits_.depth_max)};
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    check_anchor(mark, anchor);
    check_tag(mark, tag);
    const int line = line_of(mark);
    if (frames_.size() >= limits_.depth_max) throw too_deep(line);
    count(1, line);
    if (wants_key()) throw Refusal(line, "a key that is no plain word");
    frames_.push_back({.node = {.kind = kind, .line = line}, .anchor = anchor});
  }

  void close() {
    Frame done = std::move(frames_.back());
    frames_.pop_back();
    remember(done.anchor, done.node, done.nodes, done.depth);
    attach(std::move(done.node), done.nodes, done.depth);
  }

  void place(Node node, YAML::anchor_t anchor) {
    count(1, node.line);
    remember(anchor, node, 1, 0);
    if (wants_key()) return set_key(node);
    attach(std::move(node), 1, 0);
  }

  // A copy is kept, so what is anchored counts twice: an anchor in each of many nested values must stay
  // cheap.
  void remember(YAML::anchor_t anchor, const Node& node, std::size_t nodes, std::size_t depth) {
    if (anchor == YAML::NullAnchor) return;
    count(nodes, node.line);
    anchors_.insert_or_assign(anchor, Anchored{.node = node, .nodes = nodes, .depth = depth});
  }

  void set_key(const Node& node) {
    Frame& frame = frames_.back();
    const bool is_scalar = node.kind == Node::Kind::plain || node.kind == Node::Kind::quoted;
    if (!is_scalar || std::ranges::any_of(node.text, is_control))
      throw Refusal(node.line, "a key that is no plain word");
    if (!frame.keys.insert(node.text).second)
      throw Refusal(node.line, fmt::format("the key \"{}\" stands here twice", node.text));
    frame.key = node.text;
    frame.has_key = true;
  }

  void attach(Node node, std::size_t nodes, std::size_t depth) {
    if (frames_.empty()) {
      documents_.back() = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    frame.nodes += nodes;
    frame.depth = std::max(frame.depth, depth + 1);
    if (frame.node.kind == Node::Kind::list) {
      frame.node.items.push_back(std::move(node));
      return;
    }
    frame.node.members.emplace_back(std::move(frame.key), std::move(node));
    frame.has_key = false;
  }

  [[nodiscard]] bool wants_key() const {
    return !frames_.empty() && frames_.back().node.kind == Node::Kind::map && !frames_.back().has_key;
  }

  void count(std::size_t more, int line) {
    nodes_ += more;
    if (nodes_ > limits_.nodes_max)
      throw Refusal(line, fmt::format("more than {} values", limits_.nodes_max));
  }

  const Limits& limits_;
  std::vector<Frame> frames_;
  std::vector<Node> documents_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
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
// first. Those inside quotes and comments count too: what we write leaves none open there (write.cpp), and no
// honest file comes near.
std::optional<int> line_with_too_many_brackets(std::string_view text, std::size_t depth_max) {
  std::size_t depth = 0;
  int line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > 1'024 + depth_max) return line;
  }
  return std::nullopt;
}

std::vector<Node> build(std::string_view text, const Limits& limits) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  TreeBuilder builder(limits);
  // The builder refuses whatever it is given after its last document.
  while (parser.HandleNextDocument(builder)) {
  }
  return builder.take();
}

// The first token of a pointer, taken off it, with ~0 and ~1 as what they stand for.
std::string take_token(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const auto end = std::min(pointer.find('/'), pointer.size());
  std::string token(pointer.substr(0, end));
  pointer.remove_prefix(end);
  for (auto at = token.find('~'); at != token.npos && at + 1 < token.size(); at = token.find('~', at + 1))
    token.replace(at, 2, token[at + 1] == '1' ? "/" : "~");
  return token;
}

const Node* below(const Node& node, const std::string& token) {
  for (const auto& [key, member] : node.members) {
    if (key == token) return &member;
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_index = error == std::errc() && end == token.data() + token.size();
  return is_index && index < node.items.size() ? &node.items[index] : nullptr;
}

}  // namespace

std::expected<std::vector<Node>, Fault> parse_documents(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes_max)
    return std::unexpected(Fault{0, fmt::format("larger than {} bytes", limits.bytes_max)});
  if (const auto line = line_without_text(text)) return std::unexpected(Fault{*line, "not UTF-8 text"});
  if (const auto line = line_with_too_many_brackets(text, limits.depth_max))
    return std::unexpected(Fault{*line, "too many brackets are opened and not closed up to here"});
  try {
    return build(text, limits);
  } catch (const Refusal& refusal) {
    return std::unexpected(Fault{refusal.line(), refusal.what()});
  } catch (const YAML::Exception& error) {
    return std::unexpected(
        Fault{error.mark.is_null() ? 0 : line_of(error.mark), fmt::format("not YAML: {}", error.msg)});
  } catch (const std::exception& error) {
    return std::unexpected(Fault{0, fmt::format("not YAML: {}", error.what())});
  }
}

std::expected<Node, Fault> parse_config(std::string_view text) {
  auto documents = parse_documents(text, config_limits);
  if (!documents) return std::unexpected(std::move(documents).error());
  if (documents->empty()) return Node{.kind = Node::Kind::map, .line = 1};
  Node root = std::move(documents->front());
  if (root.kind == Node::Kind::null) root.kind = Node::Kind::map;
  return root;
}

void move_lines(Node& node, int lines) {
  node.line += lines;
  for (auto& item : node.items) move_lines(item, lines);
  for (auto& [key, member] : node.members) move_lines(member, lines);
}

const Node& nearest(const Node& root, std::string_view pointer) {
  const Node* at = &root;
  while (pointer.starts_with('/')) {
    const Node* next = below(*at, take_token(pointer));
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

}  // namespace xzepr::yaml

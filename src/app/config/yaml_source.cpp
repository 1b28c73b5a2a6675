// read_yaml: the tree of a file, matched against the key table.
#include <algorithm>
#include <expected>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/config/source.hpp"
#include "yaml/tree.hpp"

namespace xzepr::app {

namespace {

constexpr std::size_t expanded_bytes_max = 65'536;

// Names are [A-Za-z_][A-Za-z0-9_]*; anything else after "${" is a fault, never a literal.
std::expected<std::string, std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  while (true) {
    const auto at = text.find("${");
    if (at == text.npos) break;
    if (at > 0 && text[at - 1] == '$') {
      out += text.substr(0, at - 1);
      out += "${";
      text.remove_prefix(at + 2);
      continue;
    }
    const auto end = text.find('}', at);
    if (end == text.npos) return std::unexpected(std::string("has a ${ without its }"));
    const std::string name(text.substr(at + 2, end - at - 2));
    const auto found = environment.find(name);
    if (found == environment.end())
      return std::unexpected(
          fmt::format("the variable {} is not set; set it, or write a value in its place", name));
    out += text.substr(0, at);
    out += found->second;
    if (out.size() > expanded_bytes_max)
      return std::unexpected(fmt::format("is longer than {} bytes", expanded_bytes_max));
    text.remove_prefix(end + 1);
  }
  out += text;
  return out;
}

// Only what a list separated by commas, as a variable gives it, can say too.
bool is_item(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  return !text.empty() && !text.contains(',') && !blanks.contains(text.front()) &&
         !blanks.contains(text.back());
}

class YamlReader {
 public:
  YamlReader(std::string_view file_name, const Environment& environment)
      : file_name_(file_name), environment_(environment) {}

  void read_section(const yaml::Node& node, const std::string& prefix) {
    if (node.kind == yaml::Node::Kind::null) return;
    if (node.kind != yaml::Node::Kind::map)
      return fault(node, prefix, "must be a section with keys", "indent its keys below it");
    for (const auto& [word, member] : node.members) {
      read_member(member, prefix.empty() ? word : fmt::format("{}.{}", prefix, word));
    }
  }

  [[nodiscard]] Reading take() { return std::move(reading_); }
  void fault(const yaml::Node& node, std::string key, std::string message, std::string advice) {
    reading_.problems.push_back(
        {fmt::format("{}:{}", file_name_, node.line), std::move(key), std::move(message), std::move(advice)});
  }

 private:
  void read_member(const yaml::Node& node, const std::string& name) {
    const Key* key = find_key(name);
    if (key == nullptr) {
      if (is_section(name)) return read_section(node, name);
      return unknown(node, name);
    }
    if (key->type == KeyType::open && node.kind == yaml::Node::Kind::map) return read_section(node, name);
    if (node.kind == yaml::Node::Kind::null)
      return fault(node, name, "has no value", "give it one, or remove the line");
    auto value = convert(*key, node);
    if (!value) return fault(node, name, value.error(), "");
    reading_.settings.push_back({key, name, *std::move(value), fmt::format("{}:{}", file_name_, node.line)});
  }

  void unknown(const yaml::Node& node, const std::string& name) {
    const auto near = nearest_key(name);
    fault(node, name, "unknown key",
          near.empty() ? std::string("remove it; docs/configuration.md lists every key")
                       : fmt::format("did you mean {}?", near));
  }

  std::expected<Value, std::string> convert(const Key& key, const yaml::Node& node) {
    switch (node.kind) {
      case yaml::Node::Kind::null: return std::unexpected(std::string("has no value"));
      case yaml::Node::Kind::plain:
      case yaml::Node::Kind::quoted: return convert_scalar(key, node);
      case yaml::Node::Kind::list: return convert_list(key, node);
      case yaml::Node::Kind::map: return convert_map(key, node);
    }
    std::unreachable();
  }

  std::expected<Value, std::string> convert_scalar(const Key& key, const yaml::Node& node) {
    auto text = expand(node.text, environment_);
    if (!text) return std::unexpected(text.error());
    const bool is_expanded = node.text.contains("${");
    const bool wants_plain = key.type == KeyType::boolean || key.type == KeyType::integer;
    if (wants_plain && node.kind == yaml::Node::Kind::quoted && !is_expanded) {
      return std::unexpected(fmt::format("must be {}, not text in quotes", describe_type(key)));
    }
    // Only a variable can bring a list or a map as one text; in the file itself they have their own form.
    if (!is_expanded && (key.type == KeyType::list || key.type == KeyType::rates)) {
      return std::unexpected(fmt::format("must be {}, not text", describe_type(key)));
    }
    return parse_value(key, *text);
  }

  std::expected<std::vector<std::string>, std::string> texts_of(const yaml::Node& node) {
    std::vector<std::string> items;
    for (const yaml::Node& item : node.items) {
      if (item.kind != yaml::Node::Kind::plain && item.kind != yaml::Node::Kind::quoted)
        return std::unexpected(std::string("must be a list of text"));
      auto text = expand(item.text, environment_);
      if (!text) return std::unexpected(text.error());
      items.push_back(*std::move(text));
    }
    return items;
  }

  std::expected<Value, std::string> convert_list(const Key& key, const yaml::Node& node) {
    if (key.type != KeyType::list && key.type != KeyType::open) {
      return std::unexpected(fmt::format("must be {}, not a list", describe_type(key)));
    }
    auto items = texts_of(node);
    if (!items) return std::unexpected(items.error());
    if (key.type == KeyType::open) return fmt::format("{}", fmt::join(*items, ","));
    if (!std::ranges::all_of(*items, is_item))
      return std::unexpected(std::string("has an item that is empty, holds a comma or has blanks around it"));
    return *std::move(items);
  }

  std::expected<Value, std::string> convert_map(const Key& key, const yaml::Node& node) {
    if (key.type != KeyType::rates)
      return std::unexpected(fmt::format("must be {}, not a map", describe_type(key)));
    std::map<std::string, std::int64_t> rates;
    const Key one = {.name = key.name,
                     .type = KeyType::integer,
                     .standard = std::int64_t{0},
                     .set = nullptr,
                     .meaning = {},
                     .min = key.min,
                     .max = key.max};
    for (const auto& [path, member] : node.members) {
      if (member.kind != yaml::Node::Kind::plain && member.kind != yaml::Node::Kind::quoted) {
        return std::unexpected(fmt::format("must be {}", describe_type(key)));
      }
      auto number = convert_scalar(one, member);
      if (!number) return std::unexpected(fmt::format("{}: {}", path, number.error()));
      rates.emplace(path, std::get<std::int64_t>(*number));
    }
    return rates;
  }

  std::string_view file_name_;
  const Environment& environment_;
  Reading reading_;
};

}  // namespace

Reading read_yaml(std::string_view text, std::string_view file_name, const Environment& environment) {
  const auto tree = yaml::parse_config(text);
  if (!tree) {
    std::string origin =
        tree.error().line == 0 ? std::string(file_name) : fmt::format("{}:{}", file_name, tree.error().line);
    return {.settings = {}, .problems = {{std::move(origin), "", tree.error().message, "correct the file"}}};
  }
  YamlReader reader(file_name, environment);
  reader.read_section(*tree, "");
  return reader.take();
}

}  // namespace xzepr::app

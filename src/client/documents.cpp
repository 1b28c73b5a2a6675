#include "client/documents.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "yaml/value.hpp"

namespace xzepr::client {
namespace {

constexpr std::array<std::string_view, 4> text_fields = {"name", "type", "version", "description"};
constexpr std::array<std::string_view, 2> text_lists = {"receivers", "members"};

using Read = std::expected<json::Value, SourceFault>;

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

std::string below(std::string_view pointer, const auto& token) {
  std::string out(pointer);
  json::append_token(out, token);
  return out;
}

// `version: 1.10` means the text, and keeps its zero.
Read read_text(const yaml::Node& node, const std::string& pointer) {
  if (const auto text = yaml::as_text(node)) return json::Value(json::String(text->data(), text->size()));
  auto value = yaml::to_json(node);
  if (value && !value->is_bool()) return *std::move(value);
  const std::string message =
      value ? fmt::format("must be text; put it in quotes: \"{}\"", node.text) : value.error().message;
  return std::unexpected(SourceFault{.file = {}, .line = node.line, .pointer = pointer, .message = message});
}

Read read_any(const yaml::Node& node, const std::string& pointer) {
  auto value = yaml::to_json(node);
  if (value) return *std::move(value);
  return std::unexpected(SourceFault{.file = {},
                                     .line = value.error().line,
                                     .pointer = pointer,
                                     .message = std::move(value).error().message});
}

Read read_text_list(const yaml::Node& node, const std::string& pointer) {
  if (node.kind != yaml::Node::Kind::list) return read_any(node, pointer);
  json::Array list;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    auto item = read_text(node.items[i], below(pointer, i));
    if (!item) return item;
    list.push_back(*std::move(item));
  }
  return json::Value(std::move(list));
}

Read read_text_map(const yaml::Node& node, const std::string& pointer) {
  if (node.kind != yaml::Node::Kind::map) return read_any(node, pointer);
  json::Object map;
  for (const auto& [key, member] : node.members) {
    auto value = read_text(member, below(pointer, key));
    if (!value) return value;
    map.emplace(key, *std::move(value));
  }
  return json::Value(std::move(map));
}

Read read_field(const std::string& key, const yaml::Node& node) {
  const std::string pointer = below("", key);
  if (is_one_of(key, text_fields)) return read_text(node, pointer);
  if (is_one_of(key, text_lists)) return read_text_list(node, pointer);
  if (key == "field_formats") return read_text_map(node, pointer);
  return read_any(node, pointer);
}

// At a line that begins with ---, as YAML has it wherever it stands (9.1.4), or at the end.
std::size_t end_of_document(std::string_view text) {
  constexpr std::string_view marker = "\n---";
  for (auto at = text.find(marker); at != text.npos; at = text.find(marker, at + 1)) {
    const auto behind = text.substr(at + marker.size(), 1);
    if (behind.empty() || std::string_view(" \t\r\n").contains(behind.front())) return at + 1;
  }
  return text.size();
}

class FileReader {
 public:
  FileReader(std::vector<SourceDocument>& documents, std::vector<SourceFault>& faults,
             const std::string& file)
      : documents_(documents), faults_(faults), file_(file) {}

  // Each document alone, so that one that cannot be read does not hide what is wrong with the others, and
  // time is bounded by the largest document instead of the file.
  void read_yaml(std::string_view text) {
    int line = 0;
    while (!text.empty()) {
      const auto part = text.substr(0, end_of_document(text));
      read_part(part, line);
      line += static_cast<int>(std::ranges::count(part, '\n'));
      text.remove_prefix(part.size());
    }
  }

  void read_json(std::string_view text) {
    auto value = json::parse(text, {.depth_max = document_limits.depth_max});
    if (!value) return add_fault({.file = {}, .message = value.error().detail}, 0);
    auto trees = yaml::parse_documents(text, document_limits);
    yaml::Node tree = trees && !trees->empty() ? std::move(trees->front()) : yaml::Node();
    auto* list = value->if_array();
    if (list == nullptr) return add(*std::move(value), std::move(tree));
    tree.items.resize(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) add(std::move((*list)[i]), std::move(tree.items[i]));
  }

 private:
  void read_part(std::string_view text, int lines_before) {
    auto trees = yaml::parse_documents(text, document_limits);
    if (!trees) {
      const int line = trees.error().line == 0 ? lines_before + 1 : trees.error().line + lines_before;
      return add_fault({.file = {}, .line = line, .message = trees.error().message}, ++number_);
    }
    for (auto& tree : *trees) {
      yaml::move_lines(tree, lines_before);
      if (tree.kind != yaml::Node::Kind::list) {
        add_tree(std::move(tree));
        continue;
      }
      for (auto& item : tree.items) add_tree(std::move(item));
    }
  }

  void add_tree(yaml::Node tree) {
    if (tree.kind == yaml::Node::Kind::null) return;
    if (tree.kind != yaml::Node::Kind::map)
      return add_fault(
          {.file = {}, .line = tree.line, .message = "a document is a map that begins with kind:"},
          ++number_);
    json::Object object;
    bool is_fine = true;
    for (const auto& [key, member] : tree.members) {
      auto value = read_field(key, member);
      if (value) {
        object.emplace(key, *std::move(value));
      } else {
        add_fault(std::move(value).error(), number_ + 1);
        is_fine = false;
      }
    }
    if (is_fine) return add(std::move(object), std::move(tree));
    ++number_;
  }

  void add(json::Value value, yaml::Node tree) {
    documents_.push_back(
        {.file = file_, .number = ++number_, .value = std::move(value), .tree = std::move(tree)});
  }

  void add_fault(SourceFault fault, std::size_t document) {
    fault.file = file_;
    fault.document = document;
    faults_.push_back(std::move(fault));
  }

  std::vector<SourceDocument>& documents_;
  std::vector<SourceFault>& faults_;
  const std::string& file_;
  std::size_t number_ = 0;
};

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && (text[first] == '{' || text[first] == '[') &&
         json::parse(text, {.depth_max = 34});
}

// The N of "/documents/N", taken off the pointer.
std::optional<std::size_t> take_document(std::string_view& pointer) {
  constexpr std::string_view prefix = "/documents/";
  if (!pointer.starts_with(prefix)) return std::nullopt;
  std::size_t index = 0;
  const char* const first = pointer.data() + prefix.size();
  const auto [end, error] = std::from_chars(first, pointer.data() + pointer.size(), index);
  if (error != std::errc()) return std::nullopt;
  pointer.remove_prefix(static_cast<std::size_t>(end - pointer.data()));
  return index;
}

}  // namespace

std::string render(const SourceFault& fault) {
  std::string text = fault.file;
  if (fault.line > 0) text += fmt::format(":{}", fault.line);
  if (fault.document > 0) text += fmt::format(": document {}", fault.document);
  if (!fault.pointer.empty()) text += (text.empty() ? "" : ": ") + fault.pointer;
  return text + (text.empty() ? "" : ": ") + fault.message;
}

void read_documents(std::vector<SourceDocument>& documents, std::vector<SourceFault>& faults,
                    const std::string& file, std::string_view text) {
  FileReader reader(documents, faults, file);
  if (file.ends_with(".json") || looks_like_json(text)) return reader.read_json(text);
  reader.read_yaml(text);
}

Call apply_call(const std::vector<SourceDocument>& documents, DryRun dry_run, Prune prune) {
  json::Array list;
  for (const auto& document : documents) list.push_back(document.value);
  json::Object body{{"documents", std::move(list)}};
  if (dry_run == DryRun::yes) body["dry_run"] = true;
  if (prune == Prune::yes) body["prune"] = true;
  return {.method = "POST", .path = path_of("apply"), .body = json::Value(std::move(body))};
}

std::vector<SourceFault> faults_of(const Failure& failure, const std::vector<SourceDocument>& documents) {
  std::vector<SourceFault> faults;
  for (const auto& violation : failure.violations) {
    std::string_view pointer = violation.pointer;
    const auto index = take_document(pointer);
    if (!index || *index >= documents.size()) {
      faults.push_back({.file = {}, .pointer = violation.pointer, .message = violation.message});
      continue;
    }
    const auto& document = documents[*index];
    faults.push_back({.file = document.file,
                      .line = yaml::nearest(document.tree, pointer).line,
                      .document = document.number,
                      .pointer = std::string(pointer),
                      .message = violation.message});
  }
  return faults;
}

}  // namespace xzepr::client

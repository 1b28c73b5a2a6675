#include "api/rest/batch_parse.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/parse.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

Error no_array() {
  return Error{.kind = Errc::invalid,
               .code = "json_invalid",
               .detail = "the body must be one JSON array of events",
               .hint = "or send one event a line with Content-Type: application/x-ndjson"};
}

// Where the element that begins at `at` ends: at a comma or bracket outside of strings and of what it opens
// itself. Brackets are only counted; the item's own parser tells whether they match.
std::size_t element_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool is_in_string = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_in_string) {
      if (c == '\\') ++at;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == ']' || c == '}')) {
      return at;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return std::string_view::npos;
}

Result<std::vector<std::string_view>> split_array(std::string_view body) {
  const auto text = trimmed(body);
  if (!text.starts_with('[') || !text.ends_with(']')) return std::unexpected(no_array());
  std::vector<std::string_view> items;
  if (trimmed(text.substr(1, text.size() - 2)).empty()) return items;
  for (std::size_t at = 1;;) {
    const auto end = element_end(text, at);
    if (end == std::string_view::npos) return std::unexpected(no_array());
    items.push_back(trimmed(text.substr(at, end - at)));
    if (items.size() > limits::batch_items_max) return items;
    at = end + 1;
    if (text[end] == ',') continue;
    if (text[end] != ']' || at != text.size()) return std::unexpected(no_array());
    return items;
  }
}

std::vector<std::string_view> split_lines(std::string_view body) {
  std::vector<std::string_view> items;
  while (!body.empty() && items.size() <= limits::batch_items_max) {
    const auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    const auto item = trimmed(line);
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

}  // namespace

Result<std::vector<std::string_view>> split_batch(std::string_view body, BatchFormat format) {
  auto items = format == BatchFormat::lines ? split_lines(body) : split_array(body);
  if (!items) return items;
  if (items->empty()) {
    return std::unexpected(
        Error{.kind = Errc::invalid, .code = "batch_invalid", .detail = "the batch has no items"});
  }
  if (items->size() > limits::batch_items_max) {
    return std::unexpected(
        Error{.kind = Errc::too_large,
              .code = "batch_too_large",
              .detail = fmt::format("a batch has at most {} items", limits::batch_items_max),
              .hint = "send several batches"});
  }
  return items;
}

Result<service::NewEvent> parse_item(std::string_view text, ItemKey item_key) {
  if (text.size() > limits::body_bytes_max) {
    return std::unexpected(
        Error{.kind = Errc::too_large,
              .code = "item_too_large",
              .detail = fmt::format("an item has at most {} bytes", limits::body_bytes_max)});
  }
  auto value = json::parse(text);
  if (!value) return std::unexpected(std::move(value).error());
  return parse_new_event(*std::move(value), item_key);
}

void add_item_violations(std::vector<Violation>& violations, std::size_t index, const Error& error) {
  const auto prefix = fmt::format("/{}", index);
  if (error.violations.empty()) {
    violations.push_back({.pointer = prefix, .keyword = std::string(error.code), .message = error.detail});
  }
  for (auto violation : error.violations) {
    violation.pointer.insert(0, prefix);
    violations.push_back(std::move(violation));
  }
}

}  // namespace xzepr::api::rest

#include "api/entity_tags.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/grammar.hpp"

namespace xzepr::api {
namespace {

std::string_view without_space(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

// Takes one tag off the front; false when there is none.
bool take_tag(std::string_view& text, EntityTag& tag) {
  tag.is_weak = text.starts_with("W/");
  if (tag.is_weak) text.remove_prefix(2);
  if (!text.starts_with('"')) return false;
  const auto end = text.find('"', 1);
  if (end == std::string_view::npos) return false;
  tag.opaque = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return std::ranges::all_of(tag.opaque, is_tag_character);
}

// The lines of a list are one list.
std::string all_lines(const http::Request& request, std::string_view name) {
  std::string joined;
  for (const auto& header : request.headers) {
    if (!grammar::equal_ignoring_case(header.name, name)) continue;
    if (!joined.empty()) joined += ',';
    joined += header.value;
  }
  return joined;
}

std::optional<std::int64_t> parse_version(std::string_view digits) {
  std::int64_t version = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  const bool is_whole = failed == std::errc{} && end == digits.data() + digits.size();
  // Only as it is written by us: "01" is another tag than "1".
  if (!is_whole || version < 0 || fmt::format("{}", version) != digits) return std::nullopt;
  return version;
}

Error if_match_invalid() {
  return Error{.kind = Errc::invalid,
               .code = "if_match_invalid",
               .detail = "If-Match must be * or entity tags in double quotes, separated by commas",
               .hint = "send the ETag of the answer that you read, as it is",
               .field = "If-Match"};
}

}  // namespace

std::optional<EntityTags> parse_entity_tags(std::string_view text) {
  text = without_space(text);
  EntityTags list;
  list.is_any = text == "*";
  if (list.is_any) return list;
  while (!text.empty()) {
    if (!text.starts_with(',')) {
      EntityTag tag;
      if (!take_tag(text, tag)) return std::nullopt;
      list.tags.push_back(tag);
      text = without_space(text);
      if (text.empty()) break;
      if (!text.starts_with(',')) return std::nullopt;
    }
    text = without_space(text.substr(1));
  }
  if (list.tags.empty()) return std::nullopt;
  return list;
}

std::string etag_of(std::int64_t resource_version) { return fmt::format("\"{}\"", resource_version); }

Result<service::IfMatch> read_if_match(const http::Request& request) {
  if (!request.has_header("If-Match")) return service::IfMatch();
  const auto text = all_lines(request, "If-Match");
  const auto list = parse_entity_tags(text);
  if (!list) return std::unexpected(if_match_invalid());
  if (list->is_any) return service::IfMatch();
  std::vector<std::int64_t> versions;
  for (const auto& tag : list->tags) {
    const auto version = tag.is_weak ? std::nullopt : parse_version(tag.opaque);
    if (version) versions.push_back(*version);
  }
  return service::IfMatch(std::move(versions));
}

bool is_not_modified(const http::Request& request, std::string_view etag) {
  if (!request.has_header("If-None-Match")) return false;
  const auto text = all_lines(request, "If-None-Match");
  const auto list = parse_entity_tags(text);
  if (!list) return false;
  return list->is_any || std::ranges::any_of(list->tags, [etag](const EntityTag& tag) {
           return etag.size() == tag.opaque.size() + 2 && etag.substr(1, tag.opaque.size()) == tag.opaque;
         });
}

}  // namespace xzepr::api

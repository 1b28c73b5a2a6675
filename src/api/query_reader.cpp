#include "api/query_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/time_text.hpp"
#include "json/pointer.hpp"

namespace xzepr::api {
namespace {

Violation violation(std::string_view name, std::string_view keyword, std::string message) {
  Violation made{.keyword = std::string(keyword), .message = std::move(message)};
  json::append_token(made.pointer, name);
  return made;
}

Error query_invalid(std::vector<Violation> violations) {
  const auto& first = violations.front();
  Error error{.kind = Errc::invalid,
              .code = "query_invalid",
              .detail = violations.size() == 1
                            ? fmt::format("query parameter {}: {}", first.pointer.substr(1), first.message)
                            : fmt::format("{} problems in the query", violations.size()),
              .field = first.pointer.substr(1)};
  error.violations = std::move(violations);
  return error;
}

Violation unknown(std::string_view name, const Route& route) {
  if (route.query.empty()) return violation(name, "unknown", "is not known: this takes no query parameters");
  std::vector<std::string_view> names;
  for (const auto& parameter : route.query) names.push_back(parameter.name);
  return violation(name, "unknown", fmt::format("is not known; known are {}", fmt::join(names, ", ")));
}

// The query is UTF-8 (parse_query), so every code point has exactly one byte that continues none.
std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// "a, b or c"
std::string alternatives(std::span<const std::string_view> choices) {
  if (choices.size() == 1) return std::string(choices.front());
  return fmt::format("{} or {}", fmt::join(choices.first(choices.size() - 1), ", "), choices.back());
}

// In a query "+" means a space, and people write "+02:00" all the same.
std::string with_offset_sign(std::string text) {
  const auto space = text.rfind(' ');
  if (space != std::string::npos && text.size() - space == 6) text[space] = '+';
  return text;
}

}  // namespace

Result<void> check_query(const http::QueryParameters& query, const Route& route) {
  std::vector<Violation> violations;
  for (auto parameter = query.begin(); parameter != query.end(); ++parameter) {
    const auto& name = parameter->first;
    if (std::ranges::none_of(route.query, [&](const Parameter& known) { return known.knows(name); })) {
      if (!route.ignores_unknown_query) violations.push_back(unknown(name, route));
    } else if (std::find_if(query.begin(), parameter, [&](const auto& p) { return p.first == name; }) !=
               parameter) {
      violations.push_back(violation(name, "repeated", "is given more than once"));
    }
  }
  if (violations.empty()) return {};
  return std::unexpected(query_invalid(std::move(violations)));
}

const std::string* QueryReader::find(const Parameter& parameter, ParameterKind kind) const {
  XZEPR_ASSERT(parameter.kind == kind);
  const auto found = std::ranges::find(query_, parameter.name, &std::pair<std::string, std::string>::first);
  return found == query_.end() ? nullptr : &found->second;
}

std::vector<service::PayloadFilter> QueryReader::payload(const Parameter& parameter) const {
  XZEPR_ASSERT(parameter.kind == ParameterKind::prefixed);
  std::vector<service::PayloadFilter> filters;
  for (const auto& [name, value] : query_) {
    if (parameter.knows(name))
      filters.push_back({.pointer = name.substr(parameter.name.size()), .text = value});
  }
  return filters;
}

std::optional<std::string> QueryReader::text(const Parameter& parameter) {
  const auto* value = find(parameter, ParameterKind::text);
  if (value == nullptr) return std::nullopt;
  const auto length = code_points(*value);
  if (length < parameter.min) {
    add(parameter.name, "minLength", "must not be empty");
  } else if (length > parameter.max) {
    add(parameter.name, "maxLength", fmt::format("must have at most {} characters", parameter.max));
  } else {
    return *value;
  }
  return std::nullopt;
}

std::optional<bool> QueryReader::flag(const Parameter& parameter) {
  const auto* value = find(parameter, ParameterKind::flag);
  if (value == nullptr) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  add(parameter.name, "type", "must be true or false");
  return std::nullopt;
}

std::optional<TimePoint> QueryReader::time(const Parameter& parameter) {
  const auto* value = find(parameter, ParameterKind::time);
  if (value == nullptr) return std::nullopt;
  const auto parsed = parse_time(with_offset_sign(*value));
  if (!parsed)
    add(parameter.name, "format", "must be an RFC 3339 date-time, for example 2026-01-31T09:30:00Z");
  return parsed;
}

std::optional<std::string> QueryReader::choice(const Parameter& parameter) {
  const auto* value = find(parameter, ParameterKind::choice);
  if (value == nullptr) return std::nullopt;
  if (std::ranges::find(parameter.choices, *value) != parameter.choices.end()) return *value;
  add(parameter.name, "enum", fmt::format("must be {}", alternatives(parameter.choices)));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> QueryReader::seconds(const Parameter& parameter) {
  const auto* value = find(parameter, ParameterKind::seconds);
  if (value == nullptr) return std::nullopt;
  double seconds = -1;
  const auto* end = value->data() + value->size();
  const auto [stop, failed] = std::from_chars(value->data(), end, seconds, std::chars_format::fixed);
  const auto least = static_cast<double>(parameter.min);
  const auto most = static_cast<double>(parameter.max);
  if (failed != std::errc{} || stop != end || !(seconds >= least) || seconds > most) {
    add(parameter.name, "range", fmt::format("must be seconds from {} to {}", parameter.min, parameter.max));
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

service::PageRequest QueryReader::page() {
  service::PageRequest page{.limit = limits::page_size_default, .after = std::nullopt};
  page.wants_total = choice(query::count).has_value();
  // A cursor is refused as one by whoever made it, empty and overlong ones too.
  if (const auto* after = find(query::after, ParameterKind::text)) page.after = *after;
  const auto* value = find(query::limit, ParameterKind::integer);
  if (value == nullptr) return page;
  std::size_t limit = 0;
  const auto* end = value->data() + value->size();
  const auto [stop, failed] = std::from_chars(value->data(), end, limit);
  if (failed != std::errc{} || stop != end || limit < query::limit.min || limit > query::limit.max) {
    add("limit", "range", fmt::format("must be from {} to {}", query::limit.min, query::limit.max));
  } else {
    page.limit = limit;
  }
  return page;
}

void QueryReader::add(std::string_view name, std::string_view keyword, std::string message) {
  violations_.push_back(violation(name, keyword, std::move(message)));
}

std::optional<Error> QueryReader::finish() {
  if (violations_.empty()) return std::nullopt;
  return query_invalid(std::move(violations_));
}

}  // namespace xzepr::api

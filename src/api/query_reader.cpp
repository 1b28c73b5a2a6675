#include "api/query_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

// Names that the interface keeps for what comes later: "unknown" would send people to look for a typing
// error.
bool is_planned(std::string_view name) {
  return name == "q" || name == "count" || name.starts_with("payload.");
}

Violation unknown(std::string_view name, const Route& route) {
  if (is_planned(name)) return violation(name, "unsupported", "is not supported yet");
  if (route.query.empty()) return violation(name, "unknown", "is not known: this takes no query parameters");
  return violation(name, "unknown", fmt::format("is not known; known are {}", fmt::join(route.query, ", ")));
}

const std::string* find(const http::QueryParameters& query, std::string_view name) {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  return found == query.end() ? nullptr : &found->second;
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
    if (std::ranges::find(route.query, name) == route.query.end()) {
      violations.push_back(unknown(name, route));
    } else if (std::find_if(query.begin(), parameter, [&](const auto& p) { return p.first == name; }) !=
               parameter) {
      violations.push_back(violation(name, "repeated", "is given more than once"));
    }
  }
  if (violations.empty()) return {};
  return std::unexpected(query_invalid(std::move(violations)));
}

std::optional<std::string> QueryReader::text(std::string_view name) const {
  const auto* value = find(query_, name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<bool> QueryReader::flag(std::string_view name) {
  const auto* value = find(query_, name);
  if (value == nullptr) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  add(name, "type", "must be true or false");
  return std::nullopt;
}

std::optional<TimePoint> QueryReader::time(std::string_view name) {
  const auto* value = find(query_, name);
  if (value == nullptr) return std::nullopt;
  const auto parsed = parse_time(with_offset_sign(*value));
  if (!parsed) add(name, "format", "must be an RFC 3339 date-time, for example 2026-01-31T09:30:00Z");
  return parsed;
}

std::optional<std::chrono::milliseconds> QueryReader::seconds(std::string_view name,
                                                              std::chrono::seconds max) {
  const auto* value = find(query_, name);
  if (value == nullptr) return std::nullopt;
  double seconds = -1;
  const auto* end = value->data() + value->size();
  const auto [stop, failed] = std::from_chars(value->data(), end, seconds, std::chars_format::fixed);
  if (failed != std::errc{} || stop != end || !(seconds >= 0) || seconds > static_cast<double>(max.count())) {
    add(name, "range", fmt::format("must be seconds from 0 to {}", max.count()));
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

service::PageRequest QueryReader::page() {
  service::PageRequest page{.limit = limits::page_size_default, .after = text("after")};
  const auto* value = find(query_, "limit");
  if (value == nullptr) return page;
  std::size_t limit = 0;
  const auto* end = value->data() + value->size();
  const auto [stop, failed] = std::from_chars(value->data(), end, limit);
  if (failed != std::errc{} || stop != end || limit < 1 || limit > limits::page_size_max) {
    add("limit", "range", fmt::format("must be from 1 to {}", limits::page_size_max));
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

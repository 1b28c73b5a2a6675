#include "json/object_reader.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/time_text.hpp"
#include "json/pointer.hpp"

namespace xzepr::json {
namespace {

// An object of unknown members must not become an answer of many times its size.
constexpr std::size_t unknown_reported_max = 20;

std::string wrong_type(std::string_view expected, const Value& value) {
  return fmt::format("must be {}, got {}", expected, type_name(value));
}

std::string pointer_to(const std::string& base, std::string_view name) {
  std::string pointer = base;
  append_token(pointer, name);
  return pointer;
}

const Object& empty_object() {
  static const Object empty;
  return empty;
}

std::optional<std::int64_t> to_int(const Value& value) {
  if (const auto* number = value.if_int64()) return *number;
  const auto* real = value.if_double();
  if (real == nullptr || !is_integer(value) || *real < -0x1p53 || *real > 0x1p53) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

// The first name in the pointer: the member of the request that a form would mark.
std::string field_of(std::string_view pointer) {
  if (pointer.empty()) return {};
  pointer.remove_prefix(1);
  std::string field(pointer.substr(0, pointer.find('/')));
  for (auto at = field.find('~'); at != std::string::npos && at + 1 < field.size();
       at = field.find('~', at + 1)) {
    field.replace(at, 2, field[at + 1] == '1' ? "/" : "~");
  }
  return field;
}

}  // namespace

ObjectReader::ObjectReader(const Value& value, std::string base)
    : object_(value.if_object()), base_(std::move(base)) {
  if (object_ != nullptr) return;
  object_ = &empty_object();
  violations_.push_back({.pointer = base_, .keyword = "type", .message = wrong_type("object", value)});
}

const Value* ObjectReader::member(std::string_view name) {
  known_.push_back(name);
  return object_->if_contains(name);
}

const Value* ObjectReader::optional_value(std::string_view name) { return member(name); }

std::optional<std::string_view> ObjectReader::optional_string(std::string_view name) {
  const Value* value = member(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (const String* text = value->if_string()) return view(*text);
  add(name, "type", wrong_type("string", *value));
  return std::nullopt;
}

std::optional<bool> ObjectReader::optional_bool(std::string_view name) {
  const Value* value = member(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (const bool* flag = value->if_bool()) return *flag;
  add(name, "type", wrong_type("boolean", *value));
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::optional_int(std::string_view name) {
  const Value* value = member(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (const auto number = to_int(*value)) return number;
  if (is_integer(*value)) {
    add(name, "range", "must be a 64-bit signed integer");
  } else {
    add(name, "type", wrong_type("integer", *value));
  }
  return std::nullopt;
}

std::optional<TimePoint> ObjectReader::optional_time(std::string_view name) {
  const auto text = optional_string(name);
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  if (!time) add(name, "format", "must be an RFC 3339 date-time, for example 2026-01-31T09:30:00Z");
  return time;
}

std::optional<std::vector<std::string>> ObjectReader::optional_strings(std::string_view name) {
  const Value* value = member(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const Array* array = value->if_array();
  if (array == nullptr) {
    add(name, "type", wrong_type("array", *value));
    return std::nullopt;
  }
  std::vector<std::string> strings;
  strings.reserve(array->size());
  for (const Value& item : *array) {
    if (const String* text = item.if_string()) {
      strings.emplace_back(view(*text));
      continue;
    }
    std::string pointer = pointer_to(base_, name);
    append_token(pointer, static_cast<std::size_t>(&item - array->data()));
    add({.pointer = std::move(pointer), .keyword = "type", .message = wrong_type("string", item)});
    return std::nullopt;
  }
  return strings;
}

std::string_view ObjectReader::required_string(std::string_view name) {
  const auto faults = violations_.size();
  const auto text = optional_string(name);
  if (!text && violations_.size() == faults) add(name, "required", "is required");
  return text.value_or(std::string_view{});
}

std::vector<std::string> ObjectReader::required_strings(std::string_view name) {
  const auto faults = violations_.size();
  auto strings = optional_strings(name);
  if (!strings && violations_.size() == faults) add(name, "required", "is required");
  return std::move(strings).value_or(std::vector<std::string>{});
}

void ObjectReader::add(std::string_view name, std::string_view keyword, std::string message) {
  add({.pointer = pointer_to(base_, name), .keyword = std::string(keyword), .message = std::move(message)});
}

void ObjectReader::add(Violation violation) { violations_.push_back(std::move(violation)); }

std::vector<Violation> ObjectReader::finish() {
  std::size_t reported = 0;
  for (const auto& member : *object_) {
    const std::string_view key = member.key();
    if (std::ranges::find(known_, key) != known_.end()) continue;
    if (++reported > unknown_reported_max) break;
    add(key.substr(0, 255), "unknown",
        fmt::format("is not known here; known are: {}", fmt::join(known_, ", ")));
  }
  return std::move(violations_);
}

Error request_invalid(std::vector<Violation> violations) {
  Error error{.kind = Errc::invalid, .code = "request_invalid", .detail = "the request is not valid"};
  if (!violations.empty()) {
    const Violation& first = violations.front();
    error.field = field_of(first.pointer);
    const std::string_view place = first.pointer.empty() ? std::string_view("the body") : first.pointer;
    error.detail = violations.size() == 1
                       ? fmt::format("{}: {}", place, first.message)
                       : fmt::format("{}: {} (and {} more)", place, first.message, violations.size() - 1);
  }
  error.violations = std::move(violations);
  return error;
}

}  // namespace xzepr::json

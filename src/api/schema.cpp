#include "api/schema.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"

namespace xzepr::api::schema {
namespace {

constexpr std::string_view ulid_pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$";
constexpr std::string_view id_pattern =
    "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$";
// White space at both ends is cut before anything is looked at (base/text.hpp).
constexpr std::string_view line_pattern = "^\\s*[^\\u0000-\\u001f\\u007f-\\u009f]*\\s*$";
constexpr std::string_view filled_line_pattern =
    "^\\s*[^\\u0000-\\u001f\\u007f-\\u009f\\s][^\\u0000-\\u001f\\u007f-\\u009f]*\\s*$";
constexpr const char* example_id = "01JE4Q8Z5X8R4B1T6V0N2M3K7D";

json::Value type(std::string_view name) { return json::Object{{"type", name}}; }

json::Value object(std::string_view about, std::vector<Member>& members) {
  json::Object properties;
  json::Array required;
  for (auto& [name, type, words, need] : members) {
    if (need == Need::optional) type = nullable(std::move(type));
    if (!words.empty()) type.as_object()["description"] = words;
    properties[name] = std::move(type);
    if (need == Need::required) required.emplace_back(name);
  }
  json::Object made{{"type", "object"}};
  if (!about.empty()) made["description"] = about;
  made["properties"] = std::move(properties);
  if (!required.empty()) made["required"] = std::move(required);
  return made;
}

}  // namespace

json::Value request(std::string_view about, std::vector<Member> members) {
  auto made = object(about, members);
  made.as_object()["additionalProperties"] = false;
  return made;
}

json::Value answer(std::string_view about, std::vector<Member> members) { return object(about, members); }

json::Value with_example(json::Value schema, json::Value example) {
  schema.as_object()["examples"] = json::Array{std::move(example)};
  return schema;
}

json::Value with_default(json::Value schema, json::Value value) {
  schema.as_object()["default"] = std::move(value);
  return schema;
}

json::Value line(std::size_t min, std::size_t max) {
  auto made = text(min, max);
  made.as_object()["pattern"] = min == 0 ? line_pattern : filled_line_pattern;
  return made;
}

json::Value text(std::size_t min, std::optional<std::size_t> max) {
  auto made = type("string");
  if (min > 0) made.as_object()["minLength"] = min;
  if (max) made.as_object()["maxLength"] = *max;
  return made;
}

json::Value pattern(std::string_view ecma) {
  auto made = type("string");
  made.as_object()["pattern"] = ecma;
  return made;
}

json::Value choice(std::vector<std::string_view> values) {
  auto made = type("string");
  json::Array listed;
  for (const auto value : values) listed.emplace_back(value);
  made.as_object()["enum"] = std::move(listed);
  return made;
}

json::Value flag() { return type("boolean"); }

json::Value integer(std::optional<std::int64_t> min, std::optional<std::int64_t> max) {
  auto made = type("integer");
  if (min) made.as_object()["minimum"] = *min;
  if (max) made.as_object()["maximum"] = *max;
  return made;
}

json::Value number(std::int64_t min) {
  auto made = type("number");
  made.as_object()["minimum"] = min;
  return made;
}

json::Value time() {
  auto made = with_example(type("string"), "2026-01-31T09:30:00.000000Z");
  made.as_object()["format"] = "date-time";
  return made;
}

json::Value id() { return with_example(pattern(ulid_pattern), example_id); }

json::Value id_or_uuid() { return with_example(pattern(id_pattern), example_id); }

json::Value any() { return json::Object{}; }

json::Value list_of(json::Value items, std::size_t min, std::optional<std::size_t> max) {
  auto made = type("array");
  made.as_object()["items"] = std::move(items);
  if (min > 0) made.as_object()["minItems"] = min;
  if (max) made.as_object()["maxItems"] = *max;
  return made;
}

json::Value map_of(json::Value values) {
  auto made = type("object");
  made.as_object()["additionalProperties"] = std::move(values);
  return made;
}

json::Value nullable(json::Value schema) {
  auto& object = schema.as_object();
  const auto* type = object.if_contains("type");
  if (type == nullptr || !type->is_string()) {
    if (object.empty()) return schema;
    return json::Object{{"anyOf", json::Array{std::move(schema), json::Object{{"type", "null"}}}}};
  }
  object["type"] = json::Array{*type, "null"};
  if (auto* values = object.if_contains("enum")) values->as_array().emplace_back(nullptr);
  return schema;
}

json::Value ref(std::string_view name) {
  return json::Object{{"$ref", fmt::format("#/components/schemas/{}", name)}};
}

json::Value page_of(std::string_view name) {
  return answer("", {{.name = "data", .type = list_of(ref(name), 0, limits::page_size_max), .about = ""},
                     {.name = "pagination", .type = ref("Pagination"), .about = ""}});
}

}  // namespace xzepr::api::schema

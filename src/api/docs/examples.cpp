#include "api/docs/examples.hpp"

#include <algorithm>
#include <array>

#include "json/write.hpp"

namespace xzepr::api::docs {
namespace {

constexpr std::string_view reference_prefix = "#/components/schemas/";
constexpr std::size_t line_length_max = 60;

struct Familiar {
  std::string_view member;
  std::string_view value;
};
constexpr auto familiar = std::to_array<Familiar>({
    {"name", "my-app"},
    {"version", "1.4.0"},
    {"release", "1"},
    {"platform_id", "linux-amd64"},
    {"package", "deb"},
    {"type", "dev.example.scan"},
    {"description", "Nightly build"},
    {"username", "ci"},
    {"user_id", "role:release-team"},
    {"members", "role:release-team"},
    {"owner_id", "01JE4Q8Z5X8R4B1T6V0N2M3K7D"},
    {"permissions", "event_create"},
    {"prefix", "xzepr_8Fq2Lw"},
    {"key", "xzepr_8Fq2LwXc0Vn5Rt7Yb1Kd4Gh9Jm3Ps6aBcDeF"},
    {"receiver", "sast-scan"},
    {"pointer", "/payload/critical_count"},
    {"keyword", "type"},
    {"message", "must be integer, got string"},
    {"fingerprint", "9b1c7e"},
});

json::Value familiar_text(std::string_view member) {
  const auto found = std::ranges::find(familiar, member, &Familiar::member);
  return json::Value(json::String(found == familiar.end() ? std::string_view("text") : found->value));
}

std::string_view type_of(const json::Object& schema) {
  const auto* type = schema.if_contains("type");
  if (type == nullptr) return {};
  if (type->is_array()) return json::view(type->as_array().front().as_string());
  return json::view(type->as_string());
}

json::Value object_example(const json::Object& schema, const json::Object& schemas) {
  json::Object made;
  if (const auto* properties = schema.if_contains("properties")) {
    for (const auto& member : properties->as_object())
      made[member.key()] = example_of(member.value(), schemas, member.key());
  } else if (const auto* more = schema.if_contains("additionalProperties");
             more != nullptr && more->is_object()) {
    made["database"] = example_of(*more, schemas);
  }
  return made;
}

json::Value typed_example(const json::Object& schema, const json::Object& schemas, std::string_view member) {
  const auto type = type_of(schema);
  if (type == "object") return object_example(schema, schemas);
  if (type == "array") {
    json::Array made;
    made.push_back(example_of(schema.at("items"), schemas, member));
    return made;
  }
  if (type == "string") return familiar_text(member);
  if (type == "boolean") return true;
  if (type == "integer" || type == "number") {
    const auto* least = schema.if_contains("minimum");
    return least == nullptr ? json::Value(1) : *least;
  }
  return json::Object{};
}

void indent(std::string& out, std::size_t depth) { out.append(2 * depth, ' '); }

void append_pretty(std::string& out, const json::Value& value, std::size_t depth);

template <class Range, class Append>
void append_all(std::string& out, const Range& range, std::size_t depth, Append append) {
  bool is_first = true;
  for (const auto& element : range) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    indent(out, depth + 1);
    append(element);
  }
  out += '\n';
  indent(out, depth);
}

void append_pretty(std::string& out, const json::Value& value, std::size_t depth) {
  const auto line = json::write(value);
  const auto* object = value.if_object();
  const auto* array = value.if_array();
  if ((object == nullptr && array == nullptr) || line.size() <= 2 ||
      (array != nullptr && line.size() <= line_length_max && line.find('{') == std::string::npos)) {
    out += line;
  } else if (object != nullptr) {
    out += '{';
    append_all(out, *object, depth, [&](const auto& member) {
      json::append_string(out, member.key());
      out += ": ";
      append_pretty(out, member.value(), depth + 1);
    });
    out += '}';
  } else {
    out += '[';
    append_all(out, *array, depth, [&](const auto& element) { append_pretty(out, element, depth + 1); });
    out += ']';
  }
}

}  // namespace

std::string_view reference_in(const json::Value& schema) {
  const auto* reference = schema.as_object().if_contains("$ref");
  if (reference == nullptr) return {};
  return json::view(reference->as_string()).substr(reference_prefix.size());
}

json::Value example_of(const json::Value& schema, const json::Object& schemas, std::string_view member) {
  const auto& object = schema.as_object();
  if (const auto* examples = object.if_contains("examples")) return examples->as_array().front();
  if (const auto name = reference_in(schema); !name.empty())
    return example_of(schemas.at(name), schemas, member);
  if (const auto* initial = object.if_contains("default")) return *initial;
  if (const auto* choices = object.if_contains("enum")) return choices->as_array().front();
  if (const auto* any = object.if_contains("anyOf"))
    return example_of(any->as_array().front(), schemas, member);
  return typed_example(object, schemas, member);
}

std::string pretty(const json::Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out;
}

}  // namespace xzepr::api::docs

#include "jsonschema/program.hpp"

#include <algorithm>
#include <utility>

namespace xzepr::jsonschema {
namespace {

constexpr std::size_t shown_bytes_max = 200;
constexpr std::size_t pointer_bytes_max = 8 * 1'024;

struct TypeName {
  std::string_view name;
  std::uint8_t bit;
};

constexpr std::array<TypeName, 7> type_table = {{{"string", type_string},
                                                 {"integer", type_integer},
                                                 {"number", type_number},
                                                 {"boolean", type_boolean},
                                                 {"object", type_object},
                                                 {"array", type_array},
                                                 {"null", type_null}}};

}  // namespace

Group group_of(Op op) {
  if (op <= Op::conditional) return Group::any;
  if (op <= Op::multiple_of) return Group::number;
  if (op <= Op::format) return Group::string;
  if (op <= Op::unevaluated_items) return Group::array;
  return Group::object;
}

std::string_view keyword_of(Op op) {
  switch (op) {
    case Op::never: return "false";
    case Op::type: return "type";
    case Op::enumeration: return "enum";
    case Op::constant: return "const";
    case Op::reference: return "$ref";
    case Op::dynamic_reference: return "$dynamicRef";
    case Op::all_of: return "allOf";
    case Op::any_of: return "anyOf";
    case Op::one_of: return "oneOf";
    case Op::negation: return "not";
    case Op::conditional: return "if";
    case Op::minimum: return "minimum";
    case Op::maximum: return "maximum";
    case Op::exclusive_minimum: return "exclusiveMinimum";
    case Op::exclusive_maximum: return "exclusiveMaximum";
    case Op::multiple_of: return "multipleOf";
    case Op::min_length: return "minLength";
    case Op::max_length: return "maxLength";
    case Op::pattern: return "pattern";
    case Op::format: return "format";
    case Op::min_items: return "minItems";
    case Op::max_items: return "maxItems";
    case Op::unique_items: return "uniqueItems";
    case Op::elements: return "items";
    case Op::contains: return "contains";
    case Op::unevaluated_items: return "unevaluatedItems";
    case Op::min_properties: return "minProperties";
    case Op::max_properties: return "maxProperties";
    case Op::required: return "required";
    case Op::dependencies: return "dependentRequired";
    case Op::property_names: return "propertyNames";
    case Op::members: return "properties";
    case Op::unevaluated_properties: return "unevaluatedProperties";
  }
  std::unreachable();
}

std::uint8_t type_bit(std::string_view name) {
  const auto* found = std::ranges::find(type_table, name, &TypeName::name);
  return found == type_table.end() ? std::uint8_t{0} : found->bit;
}

std::string type_names(std::uint8_t mask) {
  std::string names;
  for (const auto& type : type_table) {
    if ((mask & type.bit) == 0) continue;
    if (!names.empty()) names += " or ";
    names += type.name;
  }
  return names;
}

std::uint8_t type_bits(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null: return type_null;
    case json::Kind::bool_: return type_boolean;
    case json::Kind::int64:
    case json::Kind::uint64: return type_integer | type_number;
    case json::Kind::double_: return json::is_integer(value) ? type_integer | type_number : type_number;
    case json::Kind::string: return type_string;
    case json::Kind::array: return type_array;
    case json::Kind::object: return type_object;
  }
  std::unreachable();
}

std::string pointer_of(const std::vector<Place>& places, Index place) {
  std::vector<const std::string*> tokens;
  for (Index at = place; at != none; at = places[at].parent) tokens.push_back(&places[at].token);
  std::string pointer;
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    if (pointer.size() + (*token)->size() > pointer_bytes_max) break;
    pointer += **token;
  }
  return pointer;
}

std::string shorten(std::string text) {
  if (text.size() <= shown_bytes_max) return text;
  auto end = shown_bytes_max;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "...";
}

}  // namespace xzepr::jsonschema

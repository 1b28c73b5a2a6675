// The table of keywords: what each must look like and what it compiles to.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "json/write.hpp"
#include "jsonschema/compiler.hpp"
#include "jsonschema/unique.hpp"

namespace xzepr::jsonschema {
namespace {

using Name = std::string_view;

std::string token_of(Name keyword, Name name) {
  std::string token;
  json::append_token(token, keyword);
  json::append_token(token, name);
  return token;
}

std::string token_of(Name keyword) {
  std::string token;
  json::append_token(token, keyword);
  return token;
}

template <class T>
Index add(std::vector<T>& table, T item) {
  table.push_back(std::move(item));
  return static_cast<Index>(table.size() - 1);
}

bool is_number(const json::Value& value) { return (type_bits(value) & type_number) != 0; }

// --- any value

std::optional<std::uint8_t> type_mask(const json::Value& value) {
  if (const auto* name = value.if_string()) {
    const auto bit = type_bit(json::view(*name));
    return bit == 0 ? std::nullopt : std::optional(bit);
  }
  const auto* names = value.if_array();
  if (names == nullptr || names->empty()) return std::nullopt;
  std::uint8_t mask = 0;
  for (const auto& item : *names) {
    const auto* name = item.if_string();
    const auto bit = name == nullptr ? std::uint8_t{0} : type_bit(json::view(*name));
    if (bit == 0 || (mask & bit) != 0) return std::nullopt;
    mask = static_cast<std::uint8_t>(mask | bit);
  }
  return mask;
}

void type(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto mask = type_mask(value);
  if (!mask) {
    return compiler.fault(
        keyword, "must be one or several different of string, integer, number, boolean, object, array, null");
  }
  compiler.emit({.op = Op::type, .operand = *mask});
}

void enumeration(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* items = value.if_array();
  if (items == nullptr) return compiler.fault(keyword, "must be an array");
  Enumeration result;
  for (const auto& item : *items) {
    if (const auto* text = item.if_string()) {
      result.strings.emplace_back(json::view(*text));
    } else {
      result.others.push_back(item);
      result.weight += count_values(item);
    }
    if (result.shown.size() > 200) continue;
    if (!result.shown.empty()) result.shown += ", ";
    result.shown += json::canonical(item);
  }
  std::ranges::sort(result.strings);
  result.shown = shorten(std::move(result.shown));
  compiler.emit({.op = Op::enumeration, .index = add(compiler.code().enumerations, std::move(result))});
}

void constant(Compiler& compiler, Name /*keyword*/, const json::Value& value) {
  compiler.emit(
      {.op = Op::constant, .index = add(compiler.code().values, value), .operand = count_values(value)});
}

void reference(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return compiler.fault(keyword, "must be a string");
  const auto node = compiler.node_at(json::view(*text));
  if (node != none) compiler.emit({.op = Op::reference, .index = node});
}

void definitions(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = value.if_object();
  if (schemas == nullptr) return compiler.fault(keyword, "must be an object of schemas");
  for (const auto& member : *schemas) compiler.node_below(member.value(), token_of(keyword, member.key()));
}

// --- numbers

template <Op op>
void bound(Compiler& compiler, Name keyword, const json::Value& value) {
  if (!is_number(value)) return compiler.fault(keyword, "must be a number");
  compiler.emit({.op = op, .index = add(compiler.code().values, value)});
}

void multiple_of(Compiler& compiler, Name keyword, const json::Value& value) {
  if (!is_number(value) || json::compare_numbers(value, json::Value(0)) <= 0) {
    return compiler.fault(keyword, "must be a number above 0");
  }
  const auto index = add(compiler.code().values, value);
  // Both tables grow together, so that one index serves the message and the check.
  compiler.code().decimals.resize(index + std::size_t{1}, Decimal{.digits = 1, .exponent = 0});
  compiler.code().decimals[index] = to_decimal(value);
  compiler.emit({.op = Op::multiple_of, .index = index});
}

// --- counts

std::optional<std::uint64_t> count_of(const json::Value& value) {
  if (const auto* integer = value.if_int64()) {
    return *integer < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(*integer));
  }
  if (const auto* large = value.if_uint64()) return *large;
  const auto* number = value.if_double();
  if (number == nullptr || std::trunc(*number) != *number || *number < 0) return std::nullopt;
  return *number < 0x1p63 ? static_cast<std::uint64_t>(*number) : std::uint64_t{1} << 63U;
}

template <Op op>
void count(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto limit = count_of(value);
  if (!limit) return compiler.fault(keyword, "must be an integer of at least 0");
  compiler.emit({.op = op, .operand = *limit});
}

// --- strings

void pattern(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return compiler.fault(keyword, "must be a string");
  const auto index = compiler.pattern(keyword, json::view(*text));
  if (index != none) compiler.emit({.op = Op::pattern, .index = index});
}

// --- arrays

void items(Compiler& compiler, Name keyword, const json::Value& value) {
  if (value.is_array()) return compiler.fault(keyword, "the array form of items is not supported yet");
  compiler.emit({.op = Op::items, .index = compiler.node_below(value, token_of(keyword))});
}

void unique_items(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* wanted = value.if_bool();
  if (wanted == nullptr) return compiler.fault(keyword, "must be a boolean");
  if (*wanted) compiler.emit({.op = Op::unique_items});
}

// --- objects

void properties(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = value.if_object();
  if (schemas == nullptr) return compiler.fault(keyword, "must be an object of schemas");
  for (const auto& member : *schemas) {
    const auto node = compiler.node_below(member.value(), token_of(keyword, member.key()));
    compiler.members().properties.push_back({.name = std::string(member.key()), .node = node});
  }
}

void pattern_properties(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = value.if_object();
  if (schemas == nullptr) return compiler.fault(keyword, "must be an object of schemas");
  for (const auto& member : *schemas) {
    const auto index = compiler.pattern(keyword, member.key());
    const auto node = compiler.node_below(member.value(), token_of(keyword, member.key()));
    if (index != none) compiler.members().patterns.push_back({.pattern = index, .node = node});
  }
}

void additional_properties(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto node = compiler.node_below(value, token_of(keyword));
  compiler.members().additional = node;
}

void required(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* array = value.if_array();
  std::vector<std::string> names;
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (const auto* name = (*array)[i].if_string()) names.emplace_back(json::view(*name));
  }
  const bool is_distinct = std::set<std::string_view>(names.begin(), names.end()).size() == names.size();
  if (array == nullptr || names.size() != array->size() || !is_distinct) {
    return compiler.fault(keyword, "must be an array of different strings");
  }
  if (!names.empty()) {
    compiler.emit({.op = Op::required, .index = add(compiler.code().name_lists, std::move(names))});
  }
}

// --- annotations

template <json::Kind kind>
void annotation(Compiler& compiler, Name keyword, const json::Value& value) {
  if (value.kind() != kind) {
    compiler.fault(keyword, fmt::format("has the wrong type: {}", json::type_name(value)));
  }
}

void any_annotation(Compiler&, Name, const json::Value&) {}

void dialect(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  std::string_view name = text == nullptr ? std::string_view() : json::view(*text);
  if (name.ends_with('#')) name.remove_suffix(1);
  if (name != "https://json-schema.org/draft/2020-12/schema" &&
      name != "http://json-schema.org/draft-07/schema" && name != "https://json-schema.org/draft-07/schema") {
    compiler.fault(
        keyword,
        "must be https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#");
  }
}

void identifier(Compiler& compiler, Name keyword, const json::Value& value) {
  if (!compiler.is_root()) return compiler.fault(keyword, "$id below the root is not supported yet");
  annotation<json::Kind::string>(compiler, keyword, value);
}

void unsupported(Compiler& compiler, Name keyword, const json::Value&) {
  compiler.fault(keyword, fmt::format("{} is not supported yet", keyword));
}

struct Keyword {
  Name name;
  void (*compile)(Compiler&, Name, const json::Value&);
};

// Sorted by name.
constexpr auto keywords = std::to_array<Keyword>({
    {"$anchor", unsupported},
    {"$comment", annotation<json::Kind::string>},
    {"$defs", definitions},
    {"$dynamicAnchor", unsupported},
    {"$dynamicRef", unsupported},
    {"$id", identifier},
    {"$recursiveAnchor", unsupported},
    {"$recursiveRef", unsupported},
    {"$ref", reference},
    {"$schema", dialect},
    {"$vocabulary", unsupported},
    {"additionalItems", unsupported},
    {"additionalProperties", additional_properties},
    {"allOf", unsupported},
    {"anyOf", unsupported},
    {"const", constant},
    {"contains", unsupported},
    {"contentEncoding", annotation<json::Kind::string>},
    {"contentMediaType", annotation<json::Kind::string>},
    {"contentSchema", any_annotation},
    {"default", any_annotation},
    {"definitions", definitions},
    {"dependencies", unsupported},
    {"dependentRequired", unsupported},
    {"dependentSchemas", unsupported},
    {"deprecated", annotation<json::Kind::bool_>},
    {"description", annotation<json::Kind::string>},
    {"else", unsupported},
    {"enum", enumeration},
    {"examples", annotation<json::Kind::array>},
    {"exclusiveMaximum", bound<Op::exclusive_maximum>},
    {"exclusiveMinimum", bound<Op::exclusive_minimum>},
    {"format", annotation<json::Kind::string>},
    {"if", unsupported},
    {"items", items},
    {"maxContains", unsupported},
    {"maxItems", count<Op::max_items>},
    {"maxLength", count<Op::max_length>},
    {"maxProperties", count<Op::max_properties>},
    {"maximum", bound<Op::maximum>},
    {"minContains", unsupported},
    {"minItems", count<Op::min_items>},
    {"minLength", count<Op::min_length>},
    {"minProperties", count<Op::min_properties>},
    {"minimum", bound<Op::minimum>},
    {"multipleOf", multiple_of},
    {"not", unsupported},
    {"oneOf", unsupported},
    {"pattern", pattern},
    {"patternProperties", pattern_properties},
    {"prefixItems", unsupported},
    {"properties", properties},
    {"propertyNames", unsupported},
    {"readOnly", annotation<json::Kind::bool_>},
    {"required", required},
    {"then", unsupported},
    {"title", annotation<json::Kind::string>},
    {"type", type},
    {"unevaluatedItems", unsupported},
    {"unevaluatedProperties", unsupported},
    {"uniqueItems", unique_items},
    {"writeOnly", annotation<json::Kind::bool_>},
});
static_assert(std::ranges::is_sorted(keywords, {}, &Keyword::name));

}  // namespace

void compile_keyword(Compiler& compiler, std::string_view name, const json::Value& value) {
  const auto* found = std::ranges::lower_bound(keywords, name, {}, &Keyword::name);
  if (found != keywords.end() && found->name == name) found->compile(compiler, name, value);
}

}  // namespace xzepr::jsonschema

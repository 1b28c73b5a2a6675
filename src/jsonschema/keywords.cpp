#include "jsonschema/keywords.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "json/pointer.hpp"
#include "jsonschema/keyword_rules.hpp"

namespace xzepr::jsonschema {
namespace {

using rules::Name;

// --- names and annotations

template <json::Kind kind>
void annotation(Compiler& compiler, Name keyword, const json::Value& value) {
  if (value.kind() != kind) {
    compiler.fault(keyword, fmt::format("has the wrong type: {}", json::type_name(value)));
  }
}

void dialect(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  const auto known =
      find_dialect(text == nullptr ? std::string_view() : json::view(*text), compiler.options());
  if (!known) compiler.fault(keyword, known.error());
}

// Core, 8.2.2: a letter or _, then letters, digits, - . _
void anchor(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  const auto* string = value.if_string();
  const std::string_view text = string == nullptr ? std::string_view() : json::view(*string);
  if (text.empty() || !is_letter(text.front()) ||
      !std::ranges::all_of(text, [&](char c) { return is_letter(c) || is_other(c); })) {
    compiler.fault(keyword, "must be a name: a letter or _, then letters, digits, -, . or _");
  }
}

void vocabulary(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* list = value.if_object();
  if (list == nullptr ||
      !std::ranges::all_of(*list, [](const auto& member) { return member.value().is_bool(); })) {
    compiler.fault(keyword, "must be an object of booleans");
  }
}

constexpr auto text = annotation<json::Kind::string>;
constexpr auto flag = annotation<json::Kind::bool_>;

void anything(Compiler&, Name, const json::Value&) {}

using enum Holds;
using enum Since;

// Sorted by name.
constexpr auto keywords = std::to_array<Keyword>({
    {"$anchor", nothing, vocabulary_core, only_2020_12, anchor},
    {"$comment", nothing, vocabulary_core, both, text},
    {"$defs", schemas, vocabulary_core, both, rules::definitions},
    {"$dynamicAnchor", nothing, vocabulary_core, only_2020_12, anchor},
    {"$dynamicRef", nothing, vocabulary_core, only_2020_12, rules::dynamic_reference},
    {"$id", nothing, vocabulary_core, both, text},
    // Of a former draft; the meta-schema still says what they look like.
    {"$recursiveAnchor", nothing, vocabulary_core, only_2020_12, anchor},
    {"$recursiveRef", nothing, vocabulary_core, only_2020_12, text},
    {"$ref", nothing, vocabulary_core, both, rules::reference},
    {"$schema", nothing, vocabulary_core, both, dialect},
    {"$vocabulary", nothing, vocabulary_core, only_2020_12, vocabulary},
    {"additionalItems", schema, vocabulary_applicator, only_draft_07, rules::additional_items},
    {"additionalProperties", schema, vocabulary_applicator, both, rules::additional_properties},
    {"allOf", list, vocabulary_applicator, both, rules::all_of},
    {"anyOf", list, vocabulary_applicator, both, rules::any_of},
    {"const", nothing, vocabulary_validation, both, rules::constant},
    {"contains", schema, vocabulary_applicator, both, rules::contains},
    {"contentEncoding", nothing, vocabulary_content, both, text},
    {"contentMediaType", nothing, vocabulary_content, both, text},
    {"contentSchema", schema, vocabulary_content, only_2020_12, rules::schema},
    {"default", nothing, vocabulary_metadata, both, anything},
    {"definitions", schemas, vocabulary_core, both, rules::definitions},
    {"dependencies", Holds::dependencies, vocabulary_applicator, both, rules::dependencies},
    {"dependentRequired", nothing, vocabulary_validation, only_2020_12, rules::dependent_required},
    {"dependentSchemas", schemas, vocabulary_applicator, only_2020_12, rules::dependent_schemas},
    {"deprecated", nothing, vocabulary_metadata, only_2020_12, flag},
    {"description", nothing, vocabulary_metadata, both, text},
    {"else", schema, vocabulary_applicator, both, rules::schema},
    {"enum", nothing, vocabulary_validation, both, rules::enumeration},
    {"examples", nothing, vocabulary_metadata, both, annotation<json::Kind::array>},
    {"exclusiveMaximum", nothing, vocabulary_validation, both, rules::exclusive_maximum},
    {"exclusiveMinimum", nothing, vocabulary_validation, both, rules::exclusive_minimum},
    {"format", nothing, vocabulary_core, both, rules::format},
    {"if", schema, vocabulary_applicator, both, rules::condition},
    {"items", schema_or_list, vocabulary_applicator, both, rules::items},
    {"maxContains", nothing, vocabulary_validation, only_2020_12, rules::count},
    {"maxItems", nothing, vocabulary_validation, both, rules::max_items},
    {"maxLength", nothing, vocabulary_validation, both, rules::max_length},
    {"maxProperties", nothing, vocabulary_validation, both, rules::max_properties},
    {"maximum", nothing, vocabulary_validation, both, rules::maximum},
    {"minContains", nothing, vocabulary_validation, only_2020_12, rules::count},
    {"minItems", nothing, vocabulary_validation, both, rules::min_items},
    {"minLength", nothing, vocabulary_validation, both, rules::min_length},
    {"minProperties", nothing, vocabulary_validation, both, rules::min_properties},
    {"minimum", nothing, vocabulary_validation, both, rules::minimum},
    {"multipleOf", nothing, vocabulary_validation, both, rules::multiple_of},
    {"not", schema, vocabulary_applicator, both, rules::negation},
    {"oneOf", list, vocabulary_applicator, both, rules::one_of},
    {"pattern", nothing, vocabulary_validation, both, rules::pattern},
    {"patternProperties", schemas, vocabulary_applicator, both, rules::pattern_properties},
    {"prefixItems", list, vocabulary_applicator, only_2020_12, rules::prefix_items},
    {"properties", schemas, vocabulary_applicator, both, rules::properties},
    {"propertyNames", schema, vocabulary_applicator, both, rules::property_names},
    {"readOnly", nothing, vocabulary_metadata, both, flag},
    {"required", nothing, vocabulary_validation, both, rules::required},
    {"then", schema, vocabulary_applicator, both, rules::schema},
    {"title", nothing, vocabulary_metadata, both, text},
    {"type", nothing, vocabulary_validation, both, rules::type},
    {"unevaluatedItems", schema, vocabulary_unevaluated, only_2020_12, rules::unevaluated_items},
    {"unevaluatedProperties", schema, vocabulary_unevaluated, only_2020_12, rules::unevaluated_properties},
    {"uniqueItems", nothing, vocabulary_validation, both, rules::unique_items},
    {"writeOnly", nothing, vocabulary_metadata, both, flag},
});
static_assert(std::ranges::is_sorted(keywords, {}, &Keyword::name));

std::string token_of(std::string_view keyword) {
  std::string token;
  json::append_token(token, keyword);
  return token;
}

template <class Key>
std::string token_of(std::string_view keyword, Key child) {
  std::string token = token_of(keyword);
  json::append_token(token, child);
  return token;
}

std::vector<Child> members_of(const Keyword& keyword, const json::Value& value) {
  std::vector<Child> children;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (keyword.holds == Holds::dependencies && member.value().is_array()) continue;
      children.push_back(
          {.schema = &member.value(), .token = token_of(keyword.name, std::string_view(member.key()))});
    }
  }
  return children;
}

std::vector<Child> items_of(const Keyword& keyword, const json::Value& value) {
  std::vector<Child> children;
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      children.push_back({.schema = &(*array)[i], .token = token_of(keyword.name, i)});
  }
  return children;
}

}  // namespace

const Keyword* find_keyword(std::string_view name, const Dialect& dialect) {
  const auto* found = std::ranges::lower_bound(keywords, name, {}, &Keyword::name);
  if (found == keywords.end() || found->name != name) return nullptr;
  const bool is_draft_07 = dialect.draft == Draft::draft_07;
  if (found->since == (is_draft_07 ? only_2020_12 : only_draft_07)) return nullptr;
  return is_draft_07 || (dialect.vocabularies & found->vocabulary) != 0 ? found : nullptr;
}

bool is_hidden_by_reference(std::string_view name, const json::Object& schema, const Dialect& dialect) {
  return dialect.draft == Draft::draft_07 && schema.contains("$ref") && name != "$ref" &&
         name != "definitions" && name != "$defs" && name != "$schema";
}

std::vector<Child> children_of(const Keyword& keyword, const json::Value& value) {
  switch (keyword.holds) {
    case nothing: return {};
    case schema: return {{.schema = &value, .token = token_of(keyword.name)}};
    case schemas:
    case Holds::dependencies: return members_of(keyword, value);
    case list: return items_of(keyword, value);
    case schema_or_list:
      if (value.is_array()) return items_of(keyword, value);
      return {{.schema = &value, .token = token_of(keyword.name)}};
  }
  std::unreachable();
}

}  // namespace xzepr::jsonschema

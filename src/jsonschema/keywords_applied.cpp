// Keywords that apply schemas, to the same value or to what is in it.
#include <fmt/format.h>

#include "jsonschema/keyword_rules.hpp"

namespace xzepr::jsonschema::rules {
namespace {

void list_of(Compiler& compiler, Op op, const json::Value& value) {
  const auto* schemas = value.if_array();
  if (schemas == nullptr || schemas->empty())
    return compiler.fault(keyword_of(op), "must be an array of at least one schema");
  std::vector<Index> nodes;
  for (const auto& schema : *schemas) nodes.push_back(compiler.node_of(schema));
  compiler.emit({.op = op, .index = add(compiler.code().node_lists, std::move(nodes))});
}

Index sibling_node(Compiler& compiler, Name keyword) {
  const auto* schema = compiler.sibling(keyword);
  return schema == nullptr ? none : compiler.node_of(*schema);
}

const json::Object* schemas_of(Compiler& compiler, Name keyword, const json::Value& value) {
  if (!value.is_object()) compiler.fault(keyword, "must be an object of schemas");
  return value.if_object();
}

}  // namespace

// --- the same value

void reference(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return compiler.fault(keyword, "must be a string");
  const auto node = compiler.node_at(keyword, json::view(*text));
  if (node != none) compiler.emit({.op = Op::reference, .index = node});
}

void dynamic_reference(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* text = value.if_string();
  if (text == nullptr || !compiler.emit_dynamic_reference(json::view(*text)))
    reference(compiler, keyword, value);
}

void definitions(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = schemas_of(compiler, keyword, value);
  if (schemas == nullptr) return;
  for (const auto& member : *schemas) compiler.node_of(member.value());
}

void schema(Compiler& compiler, Name /*keyword*/, const json::Value& value) { compiler.node_of(value); }

void all_of(Compiler& compiler, Name, const json::Value& value) { list_of(compiler, Op::all_of, value); }
void any_of(Compiler& compiler, Name, const json::Value& value) { list_of(compiler, Op::any_of, value); }
void one_of(Compiler& compiler, Name, const json::Value& value) { list_of(compiler, Op::one_of, value); }

void negation(Compiler& compiler, Name, const json::Value& value) {
  compiler.emit({.op = Op::negation, .index = compiler.node_of(value)});
}

void condition(Compiler& compiler, Name, const json::Value& value) {
  const Conditional parts{.condition = compiler.node_of(value),
                          .then = sibling_node(compiler, "then"),
                          .otherwise = sibling_node(compiler, "else")};
  compiler.emit({.op = Op::conditional, .index = add(compiler.code().conditionals, parts)});
}

// --- items

void prefix_items(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = value.if_array();
  if (schemas == nullptr || schemas->empty())
    return compiler.fault(keyword, "must be an array of at least one schema");
  for (const auto& schema : *schemas) {
    const auto node = compiler.node_of(schema);
    compiler.elements().first.push_back(node);
  }
}

void items(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = value.if_array();
  if (schemas == nullptr) {
    compiler.elements().rest = compiler.node_of(value);
    return;
  }
  if (compiler.dialect().draft == Draft::draft_2020_12)
    return compiler.fault(keyword, "must be a schema; for a list of them there is prefixItems");
  for (const auto& schema : *schemas) compiler.elements().first.push_back(compiler.node_of(schema));
}

// Counts only beside a list of items.
void additional_items(Compiler& compiler, Name /*keyword*/, const json::Value& value) {
  const auto node = compiler.node_of(value);
  const auto* list = compiler.sibling("items");
  if (list != nullptr && list->is_array()) compiler.elements().rest = node;
}

void contains(Compiler& compiler, Name /*keyword*/, const json::Value& value) {
  Contains rule{.node = compiler.node_of(value)};
  const bool has_counts = compiler.dialect().draft == Draft::draft_2020_12 &&
                          (compiler.dialect().vocabularies & vocabulary_validation) != 0;
  const auto count = [&](Name keyword, std::uint64_t otherwise) {
    const auto* limit = has_counts ? compiler.sibling(keyword) : nullptr;
    return limit == nullptr ? otherwise : count_of(*limit).value_or(otherwise);
  };
  rule.min = count("minContains", rule.min);
  rule.max = count("maxContains", rule.max);
  compiler.emit({.op = Op::contains, .index = add(compiler.code().contains, rule)});
}

void unevaluated_items(Compiler& compiler, Name, const json::Value& value) {
  compiler.emit({.op = Op::unevaluated_items, .index = compiler.node_of(value)});
}

// --- members

void properties(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = schemas_of(compiler, keyword, value);
  if (schemas == nullptr) return;
  auto& list = compiler.members().properties;
  for (const auto& member : *schemas)
    list.push_back({.name = std::string(member.key()), .node = compiler.node_of(member.value())});
}

void pattern_properties(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = schemas_of(compiler, keyword, value);
  if (schemas == nullptr) return;
  for (const auto& member : *schemas) {
    const auto index = compiler.pattern(keyword, member.key());
    const auto node = compiler.node_of(member.value());
    if (index != none) compiler.members().patterns.push_back({.pattern = index, .node = node});
  }
}

void additional_properties(Compiler& compiler, Name, const json::Value& value) {
  compiler.members().additional = compiler.node_of(value);
}

void property_names(Compiler& compiler, Name, const json::Value& value) {
  compiler.emit({.op = Op::property_names, .index = compiler.node_of(value)});
}

void dependent_schemas(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* schemas = schemas_of(compiler, keyword, value);
  if (schemas == nullptr) return;
  for (const auto& member : *schemas) {
    compiler.dependencies().push_back({.name = std::string(member.key()),
                                       .keyword = keyword,
                                       .required = {},
                                       .node = compiler.node_of(member.value())});
  }
}

void dependencies(Compiler& compiler, Name keyword, const json::Value& value) {
  const auto* list = value.if_object();
  if (list == nullptr) return compiler.fault(keyword, "must be an object of schemas and arrays of names");
  for (const auto& member : *list) {
    Dependency dependency{.name = std::string(member.key()), .keyword = keyword, .required = {}};
    if (member.value().is_array()) {
      auto names = names_of(member.value());
      if (!names) return compiler.fault(keyword, "must hold schemas and arrays of different strings");
      dependency.required = *std::move(names);
    } else {
      dependency.node = compiler.node_of(member.value());
    }
    compiler.dependencies().push_back(std::move(dependency));
  }
}

void unevaluated_properties(Compiler& compiler, Name, const json::Value& value) {
  compiler.emit({.op = Op::unevaluated_properties, .index = compiler.node_of(value)});
}

}  // namespace xzepr::jsonschema::rules

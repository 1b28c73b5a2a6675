// What each keyword must look like and what it compiles to. Private to this module; used by the table only.
#pragma once

#include <optional>
#include <string_view>

#include "json/value.hpp"
#include "jsonschema/compiler.hpp"

namespace xzepr::jsonschema::rules {

using Name = std::string_view;

template <class T>
Index add(std::vector<T>& table, T item) {
  table.push_back(std::move(item));
  return static_cast<Index>(table.size() - 1);
}

// keywords_asserted.cpp
void type(Compiler& compiler, Name keyword, const json::Value& value);
void enumeration(Compiler& compiler, Name keyword, const json::Value& value);
void constant(Compiler& compiler, Name keyword, const json::Value& value);
void minimum(Compiler& compiler, Name keyword, const json::Value& value);
void maximum(Compiler& compiler, Name keyword, const json::Value& value);
void exclusive_minimum(Compiler& compiler, Name keyword, const json::Value& value);
void exclusive_maximum(Compiler& compiler, Name keyword, const json::Value& value);
void multiple_of(Compiler& compiler, Name keyword, const json::Value& value);
void min_length(Compiler& compiler, Name keyword, const json::Value& value);
void max_length(Compiler& compiler, Name keyword, const json::Value& value);
void pattern(Compiler& compiler, Name keyword, const json::Value& value);
void format(Compiler& compiler, Name keyword, const json::Value& value);
void min_items(Compiler& compiler, Name keyword, const json::Value& value);
void max_items(Compiler& compiler, Name keyword, const json::Value& value);
void unique_items(Compiler& compiler, Name keyword, const json::Value& value);
void min_properties(Compiler& compiler, Name keyword, const json::Value& value);
void max_properties(Compiler& compiler, Name keyword, const json::Value& value);
void required(Compiler& compiler, Name keyword, const json::Value& value);
void dependent_required(Compiler& compiler, Name keyword, const json::Value& value);
/// A count that another keyword reads.
void count(Compiler& compiler, Name keyword, const json::Value& value);

// keywords_applied.cpp
void reference(Compiler& compiler, Name keyword, const json::Value& value);
void dynamic_reference(Compiler& compiler, Name keyword, const json::Value& value);
void definitions(Compiler& compiler, Name keyword, const json::Value& value);
void all_of(Compiler& compiler, Name keyword, const json::Value& value);
void any_of(Compiler& compiler, Name keyword, const json::Value& value);
void one_of(Compiler& compiler, Name keyword, const json::Value& value);
void negation(Compiler& compiler, Name keyword, const json::Value& value);
void condition(Compiler& compiler, Name keyword, const json::Value& value);
/// A schema that means nothing by itself, or that another keyword reads.
void schema(Compiler& compiler, Name keyword, const json::Value& value);
void prefix_items(Compiler& compiler, Name keyword, const json::Value& value);
void items(Compiler& compiler, Name keyword, const json::Value& value);
void additional_items(Compiler& compiler, Name keyword, const json::Value& value);
void contains(Compiler& compiler, Name keyword, const json::Value& value);
void unevaluated_items(Compiler& compiler, Name keyword, const json::Value& value);
void properties(Compiler& compiler, Name keyword, const json::Value& value);
void pattern_properties(Compiler& compiler, Name keyword, const json::Value& value);
void additional_properties(Compiler& compiler, Name keyword, const json::Value& value);
void property_names(Compiler& compiler, Name keyword, const json::Value& value);
void dependent_schemas(Compiler& compiler, Name keyword, const json::Value& value);
void dependencies(Compiler& compiler, Name keyword, const json::Value& value);
void unevaluated_properties(Compiler& compiler, Name keyword, const json::Value& value);

/// The value of a count: an integer of at least 0, whatever its spelling.
[[nodiscard]] std::optional<std::uint64_t> count_of(const json::Value& value);
/// Different strings; nullopt for anything else.
[[nodiscard]] std::optional<std::vector<std::string>> names_of(const json::Value& value);

}  // namespace xzepr::jsonschema::rules

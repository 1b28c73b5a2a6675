// The table of keywords. Private to this module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "jsonschema/dialect.hpp"

namespace xzepr::jsonschema {

class Compiler;

/// Where the value of a keyword holds schemas.
enum class Holds : std::uint8_t {
  nothing,
  schema,
  schemas,         ///< an object of them
  list,            ///< an array of them
  schema_or_list,  ///< draft-07's items
  dependencies,    ///< an object of schemas and arrays of names
};

enum class Since : std::uint8_t { both, only_draft_07, only_2020_12 };

struct Keyword {
  std::string_view name;
  Holds holds;
  Vocabulary vocabulary;
  Since since;
  /// Checks the value and emits what it means, for the schema at work.
  void (*compile)(Compiler&, std::string_view name, const json::Value& value);
};

/// Null for a name that is no keyword of the dialect: an annotation of the author's own.
[[nodiscard]] const Keyword* find_keyword(std::string_view name, const Dialect& dialect);

/// In draft-07 a reference replaces everything beside it; what it may lead to is still looked at.
[[nodiscard]] bool is_hidden_by_reference(std::string_view name, const json::Object& schema,
                                          const Dialect& dialect);

struct Child {
  const json::Value* schema;
  std::string token;  ///< "/name" or "/name/child"
};

/// The schemas that stand directly in the value of a keyword. What should be one and is none counts too.
[[nodiscard]] std::vector<Child> children_of(const Keyword& keyword, const json::Value& value);

}  // namespace xzepr::jsonschema

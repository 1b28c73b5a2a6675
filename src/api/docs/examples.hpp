// Examples out of schemas, for people who read.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace xzepr::api::docs {

/// A value that the schema allows: its example, its default, its first choice, or one of its type. `schemas`
/// are the document's, for references.
[[nodiscard]] json::Value example_of(const json::Value& schema, const json::Object& schemas,
                                     std::string_view member = {});
/// JSON with two blanks a level; empty and short things stay on one line.
[[nodiscard]] std::string pretty(const json::Value& value);
/// "Event" of {"$ref": "#/components/schemas/Event"}; "" of any other schema.
[[nodiscard]] std::string_view reference_in(const json::Value& schema);

}  // namespace xzepr::api::docs

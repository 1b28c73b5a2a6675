// Schemas as tables of members.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace xzepr::api::docs {

/// "string, 1 to 255 characters", with a link where it is another schema.
[[nodiscard]] std::string type_words(const json::Value& schema);
/// The table of an object's members; "" for what is no object.
[[nodiscard]] std::string members_table(const json::Value& schema);
/// <a href="#schema-Event">Event</a>
[[nodiscard]] std::string schema_link(std::string_view name);
/// The chapter of all schemas, with examples.
[[nodiscard]] std::string schemas_chapter(const json::Object& schemas);

}  // namespace xzepr::api::docs

// The JSON Schemas of the bodies that the nouns take and give: one list per noun, beside its parser and its
// renderer. A route names them; schemas_test.cpp compares them with what is parsed and rendered.
#pragma once

#include <span>
#include <vector>

#include "api/schema.hpp"

namespace xzepr::api::rest {

[[nodiscard]] std::span<const NamedSchema> apply_schemas();
[[nodiscard]] std::span<const NamedSchema> artifact_schemas();
[[nodiscard]] std::span<const NamedSchema> catalogue_schemas();
[[nodiscard]] std::span<const NamedSchema> event_schemas();
[[nodiscard]] std::span<const NamedSchema> health_schemas();
[[nodiscard]] std::span<const NamedSchema> identity_schemas();
[[nodiscard]] std::span<const NamedSchema> sink_schemas();
[[nodiscard]] std::span<const NamedSchema> webhook_schemas();
[[nodiscard]] std::span<const NamedSchema> user_schemas();

/// Names of roles, at least `min` of them: as people take and give them.
[[nodiscard]] json::Value role_list_schema(std::size_t min = 0);

/// All of the above.
[[nodiscard]] std::vector<NamedSchema> schemas();

}  // namespace xzepr::api::rest

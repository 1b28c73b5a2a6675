// OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) out of the route table.
#pragma once

#include "api/docs/description.hpp"
#include "json/value.hpp"

namespace xzepr::api::docs {

/// The whole document. A schema that a route names and nobody wrote asserts: it would be a dead reference.
[[nodiscard]] json::Value make_openapi(const Description& description);

/// The schema of a parameter's value, with its bounds.
[[nodiscard]] json::Value schema_of(const Parameter& parameter);
/// components/parameters, headers, responses and securitySchemes; the schemas are the nouns' and two of ours.
[[nodiscard]] json::Object make_components(std::span<const NamedSchema> schemas);
[[nodiscard]] json::Object make_operation(const Route& route);

/// Problem, Violation and Pagination, which belong to no noun.
[[nodiscard]] std::span<const NamedSchema> common_schemas();

}  // namespace xzepr::api::docs

// How the schemas of receivers are compiled, when one is registered and when it is used.
#pragma once

#include "jsonschema/schema.hpp"

namespace xzepr::service {

/// Formats are asserted: who writes "format": "uri" wants one. References stay within the schema.
inline constexpr jsonschema::Options payload_schemas{.formats = jsonschema::Formats::asserted};

}  // namespace xzepr::service

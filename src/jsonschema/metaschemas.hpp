// The meta-schemas of both drafts, built into the binary. Read once, then immutable: any thread.
#pragma once

#include <string_view>

#include "json/value.hpp"

namespace xzepr::jsonschema {

/// The meta-schema (or one of its vocabularies) of this URI, which has no fragment; null when it is none.
[[nodiscard]] const json::Value* find_metaschema(std::string_view uri);

}  // namespace xzepr::jsonschema

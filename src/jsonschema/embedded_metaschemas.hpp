// The texts of metaschemas/*.json; what they are read into is in metaschemas.hpp. Private to this module.
#pragma once

#include <span>
#include <string_view>

namespace xzepr::jsonschema {

[[nodiscard]] std::span<const std::string_view> embedded_metaschemas();

}  // namespace xzepr::jsonschema

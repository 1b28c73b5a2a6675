// A JSON value as YAML that every YAML reader understands the same way: text that could be anything else is
// quoted.
#pragma once

#include <string>

#include "json/value.hpp"

namespace xzepr::yaml {

/// Ends with a newline.
[[nodiscard]] std::string to_yaml(const json::Value& value);

}  // namespace xzepr::yaml

// What a dry run would change in one object, as a unified diff of its fields. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/table.hpp"
#include "json/value.hpp"

namespace xzepr::cli {

/// Of one object of the answer to a dry run, with "before" and "after"; "" when they are the same. Lines are
/// YAML; a hunk's head names the field that it is in. What is only in another order is no difference.
[[nodiscard]] std::string render_diff(const json::Value& object, Colours colours);

}  // namespace xzepr::cli

// Violations outside of a problem body: the answer of a validation.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace xzepr::api::rest {

/// {"valid": bool, "violations": [...]}
[[nodiscard]] std::string render_validation(const std::vector<Violation>& violations);

}  // namespace xzepr::api::rest

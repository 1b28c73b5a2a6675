// Rules over more than one key, and what is accepted but has no effect yet.
#pragma once

#include <string>
#include <vector>

#include "app/config/load.hpp"

namespace xzepr::app {

/// Broken always, whatever the command: an unreadable URL, min above max, no such address.
[[nodiscard]] Problems broken_rules(const Loaded& loaded);

/// One line per feature that is configured but not built.
[[nodiscard]] std::vector<std::string> warnings_of(const Loaded& loaded);

}  // namespace xzepr::app

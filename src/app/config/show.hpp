// The configuration as people see it: effective values with secrets masked, and the reference of all keys.
#pragma once

#include <string>
#include <string_view>

#include "app/config/load.hpp"

namespace xzepr::app {

/// As one text, as a variable would give it; a secret is "***" when it is not empty, a URL keeps all but its
/// password.
[[nodiscard]] std::string shown_value(const Setting& setting);

/// "postgres://user:***@host/db?password=***"
[[nodiscard]] std::string mask_url(std::string_view url);

/// docs/configuration.md, whole.
[[nodiscard]] std::string render_reference();

}  // namespace xzepr::app

// The section `oidc.*` of the configuration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/config/config.hpp"

namespace xzepr::app {

/// Without the section's name; keys without a value are left out.
[[nodiscard]] std::map<std::string, std::string> provider_keys(const Config& config);
/// Is a provider configured?
[[nodiscard]] bool has_provider(const Config& config);
/// What is wrong with it, as identity/oidc/settings.hpp says it; nothing without a provider.
[[nodiscard]] std::vector<std::string> provider_problems(const Config& config);

}  // namespace xzepr::app

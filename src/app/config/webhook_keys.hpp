// The section `webhooks.*` of the configuration.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/config/key_table.hpp"

namespace xzepr::app {

[[nodiscard]] std::vector<Key> webhook_keys();
/// What is wrong with it: the key's name and what it holds.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> webhook_problems(
    const WebhooksConfig& webhooks);

}  // namespace xzepr::app

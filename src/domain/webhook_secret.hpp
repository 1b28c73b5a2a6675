// The secret that a webhook's messages are signed with (Standard Webhooks 1.0, standardwebhooks.com). Any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xzepr::domain {

/// A new secret as people see it: "whsec_" and 32 random bytes in base64.
[[nodiscard]] std::string make_webhook_secret();
/// The key in a secret. nullopt unless it is "whsec_" and 24 to 64 bytes in canonical base64.
[[nodiscard]] std::optional<std::string> parse_webhook_secret(std::string_view secret);

}  // namespace xzepr::domain

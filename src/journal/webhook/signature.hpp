// How a receiver knows that a message is ours, whole and new: Standard Webhooks 1.0 (standardwebhooks.com),
// with HMAC-SHA-256. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"

namespace xzepr::journal::webhook {

/// Of the bytes "ID.SECONDS.BODY": "v1,BASE64" for each key in their order, the newer first, with a space
/// between. One key or, while a secret is being replaced, two.
[[nodiscard]] std::string sign(Ulid id, TimePoint time, std::string_view body,
                               std::span<const std::string> keys);

/// webhook-id, webhook-timestamp and webhook-signature. The id is the same in every attempt to deliver a
/// message, so that a receiver can drop what it has; `time` is that of the attempt, as receivers take 5
/// minutes for old.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> signed_headers(
    Ulid id, TimePoint time, std::string_view body, std::span<const std::string> keys);

}  // namespace xzepr::journal::webhook

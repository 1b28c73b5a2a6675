// What the tests of this module share: a moment, and a provider's signing.
#pragma once

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "crypto/digest.hpp"
#include "crypto/signer_test.hpp"

namespace xzepr::identity::oidc {

inline constexpr TimePoint world_now = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4};

[[nodiscard]] inline std::int64_t seconds_of(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// A provider's key set with one Ed25519 key.
[[nodiscard]] inline std::string key_set(const crypto::TestSigner& signer, std::string_view kid = "one") {
  return fmt::format(R"({{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{}","x":"{}"}}]}})", kid,
                     crypto::to_base64url(signer.public_key()));
}

[[nodiscard]] inline std::string token_of(const crypto::TestSigner& signer, std::string_view header,
                                          std::string_view claims) {
  const auto input = crypto::to_base64url(header) + "." + crypto::to_base64url(claims);
  return input + "." + crypto::to_base64url(signer.sign(input));
}

}  // namespace xzepr::identity::oidc

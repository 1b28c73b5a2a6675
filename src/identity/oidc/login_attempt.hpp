// A login that a browser has begun and not ended yet. It lives in a cookie of that browser, sealed, so that
// any node can end it and no node keeps it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace xzepr::identity::oidc {

/// How long a person may take to log in at the provider.
inline constexpr auto login_time = std::chrono::minutes{10};

struct LoginAttempt {
  std::string state;        ///< 256 random bits, base64url (RFC 6749, section 10.12)
  std::string nonce;        ///< likewise (OpenID Connect Core 1.0, section 3.1.2.1)
  std::string verifier;     ///< likewise: 43 characters (RFC 7636, section 4.1)
  std::string return_path;  ///< where to go afterwards, checked
  std::string issuer;       ///< whom the browser was sent to (RFC 9207)
  TimePoint expires_at;

  friend bool operator==(const LoginAttempt&, const LoginAttempt&) = default;
};

/// New random values. `return_path` must have been checked with is_return_path.
[[nodiscard]] LoginAttempt begin_attempt(std::string issuer, std::string return_path, TimePoint now);

/// The S256 challenge of a verifier (RFC 7636, section 4.2).
[[nodiscard]] std::string challenge_of(std::string_view verifier);

/// Base64url text for a cookie's value, below 4,096 bytes. `key` has 32 bytes.
[[nodiscard]] std::string seal_attempt(std::string_view key, const LoginAttempt& attempt);
/// nullopt when it was not sealed with this key, or has expired.
[[nodiscard]] std::optional<LoginAttempt> open_attempt(std::string_view key, std::string_view sealed,
                                                       TimePoint now);

}  // namespace xzepr::identity::oidc

// This server's own access tokens: JWTs (RFC 7519) of the profile of RFC 9068 (`typ: at+jwt`), checked as RFC
// 8725 advises. A token says whose it is and of which session; what its bearer may do is what the session's
// user may do now.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "identity/role.hpp"
#include "identity/signing_keys.hpp"

namespace xzepr::identity {

/// Clocks of nodes may differ by this much.
inline constexpr std::chrono::seconds token_leeway{30};

struct AccessClaims {
  UserId subject;        ///< `sub`
  SessionId session;     ///< `sid`
  Ulid token_id;         ///< `jti`
  RoleSet roles;         ///< `roles`, and `permissions` that follow from them
  TimePoint issued_at;   ///< `iat` and `nbf`; whole seconds
  TimePoint expires_at;  ///< `exp`; whole seconds
};

struct TokenNames {
  std::string issuer;    ///< `iss`
  std::string audience;  ///< `aud`
};

[[nodiscard]] std::string mint_access_token(const SigningKeys& keys, const TokenNames& names,
                                            const AccessClaims& claims);

enum class Expiry : std::uint8_t {
  checked,
  ignored,  ///< for a refresh, which needs more than the token
};
/// The claims, or why not, for the log only: whoever sent it hears one same answer. Signature first; nothing
/// unproven is read besides the header's alg, kid and typ.
[[nodiscard]] std::expected<AccessClaims, std::string_view> verify_access_token(
    const SigningKeys& keys, const TokenNames& names, std::string_view token, TimePoint now,
    Expiry expiry = Expiry::checked);

/// Has it the form of a signed token? Tells such a bearer from an API key.
[[nodiscard]] bool looks_like_token(std::string_view text);

}  // namespace xzepr::identity

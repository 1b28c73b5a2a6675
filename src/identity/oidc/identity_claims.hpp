// What an ID token or an access token of the provider must say before it counts.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "identity/oidc/signed_token.hpp"
#include "json/value.hpp"

namespace xzepr::identity::oidc {

/// By how much the provider's clock may differ.
inline constexpr auto leeway = std::chrono::seconds{60};

/// Whom the provider vouches for. Only (issuer, subject) says who it is: names and addresses change hands.
struct ForeignIdentity {
  std::string issuer;
  std::string subject;
  std::string preferred_username;  ///< a wish; "" when absent
  std::string email;               ///< "" unless the provider has verified it
  std::string display_name;        ///< "" when absent
  TimePoint expires_at;            ///< of the token
  json::Value claims;
};

/// Why not, for the log only.
using Reason = std::string;

struct IdTokenRule {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view nonce;
  std::string_view
      access_token;  ///< that came with it; "" when none: compared with at_hash where there is one
  TimePoint now;
};
/// OpenID Connect Core 1.0, section 3.1.3.7: iss, aud, azp, exp, iat, nonce and sub; nbf where it is given.
[[nodiscard]] std::expected<ForeignIdentity, Reason> check_id_token(const TokenHeader& header,
                                                                    json::Value claims,
                                                                    const IdTokenRule& rule);

struct BearerRule {
  std::string_view issuer;
  std::string_view audience;
  TimePoint now;
};
/// An access token (RFC 9068, and those of providers that are older than it): iss, aud, exp, sub. An ID
/// token, a refresh token or a logout token is none.
[[nodiscard]] std::expected<ForeignIdentity, Reason> check_bearer_token(const TokenHeader& header,
                                                                        json::Value claims,
                                                                        const BearerRule& rule);

}  // namespace xzepr::identity::oidc

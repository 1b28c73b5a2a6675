// Signed tokens: JWS in its compact form (RFC 7515), taken apart. What a header says of its algorithm only
// ever narrows the choice: the key decides.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/verify_key.hpp"
#include "json/value.hpp"

namespace xzepr::identity {

inline constexpr std::size_t token_bytes_max = 16'384;

/// "RS256", "ES256" or "EdDSA" (RFC 7518, section 3.1; RFC 8037).
[[nodiscard]] std::string_view algorithm_name(crypto::SignatureKind kind);

struct TokenHeader {
  crypto::SignatureKind kind;
  std::string kid;  ///< "" when absent
  std::string typ;  ///< "" when absent; lower case
};

/// A token taken apart, nothing of it proven. Views into the token's text.
struct TokenParts {
  TokenHeader header;
  std::string_view signing_input;
  std::string signature;
  std::string payload;
};

/// nullopt for whatever is no compact JWS with alg RS256, ES256 or EdDSA: "none" and HMAC, a critical
/// extension
/// (`crit`), `b64`, `zip`, keys brought along (`jwk`, `jku`, `x5u`, `x5c`), doubled members, more than 16
/// KiB.
[[nodiscard]] std::optional<TokenParts> take_apart(std::string_view token);

/// The header's kid, of which nothing is proven: only to decide whether to look for newer keys.
[[nodiscard]] std::optional<std::string> unproven_key_id(std::string_view token);

/// The claims, a JSON object; nullopt otherwise.
[[nodiscard]] std::optional<json::Value> parse_claims(const TokenParts& parts);

}  // namespace xzepr::identity

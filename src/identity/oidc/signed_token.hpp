// The provider's key set (JWK Set, RFC 7517) and the tokens that it signs (JWS compact, RFC 7515). What a
// header says of its algorithm only ever narrows the choice: the key decides.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "crypto/verify_key.hpp"
#include "identity/jws.hpp"

namespace xzepr::identity::oidc {

inline constexpr std::size_t keys_max = 64;

struct ProviderKey {
  std::string kid;  ///< "" when it has none
  crypto::VerifyKey key;
};
using ProviderKeys = std::vector<ProviderKey>;

/// The keys that may verify RS256, ES256 or EdDSA signatures; others ("enc", other kinds, weak or malformed
/// ones) are left out. Errc::unavailable, code "oidc_unavailable", when the text is no key set or no key is
/// left. At most 64 keys are read.
[[nodiscard]] Result<ProviderKeys> parse_keys(std::string_view text);

enum class Trust : std::uint8_t { genuine, forged, key_unknown };

/// By the key of the header's kid; without a kid by any key of that kind (OpenID Connect Core 1.0,
/// section 10.1). key_unknown when there is none: the keys may have been changed.
[[nodiscard]] Trust check_signature(const TokenParts& parts, const ProviderKeys& keys);

}  // namespace xzepr::identity::oidc

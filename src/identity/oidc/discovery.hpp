// What a provider says of itself (OpenID Connect Discovery 1.0, section 3).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::identity::oidc {

struct Discovery {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;  ///< "" when there is none
  bool names_issuer = false;      ///< callbacks carry `iss` (RFC 9207, section 3)
};

/// Where the document of that issuer is.
[[nodiscard]] std::string discovery_url(std::string_view issuer);

/// Errc::unavailable, code "oidc_unavailable", unless the document's issuer is exactly the one that was asked
/// (section 4.3), its addresses are https (or, like the issuer, on loopback), and PKCE with S256 is not ruled
/// out.
[[nodiscard]] Result<Discovery> parse_discovery(std::string_view text, std::string_view issuer);

}  // namespace xzepr::identity::oidc

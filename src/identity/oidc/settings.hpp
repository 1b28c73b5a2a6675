// The section "oidc" of the configuration, checked.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "identity/oidc/rights.hpp"

namespace xzepr::identity::oidc {

/// How the client proves itself at the token endpoint (RFC 6749, section 2.3.1).
enum class ClientProof : std::uint8_t { basic, post };

struct Settings {
  std::string issuer;  ///< exactly as the provider spells it
  std::string client_id;
  std::string client_secret;
  std::string redirect_url;  ///< of our callback, as registered at the provider
  std::string scopes;        ///< joined by a space; "openid" is one of them
  ClientProof proof = ClientProof::basic;
  std::string ca_file;  ///< "" for the system's authorities
  bool asks_userinfo = false;
  std::string bearer_audience;  ///< "" when the provider's access tokens are not taken
  RightsRule rights;
};

/// True for https, and for http on a loopback address: what the provider's addresses must be.
[[nodiscard]] bool is_trustworthy_url(std::string_view url);

/// Out of the keys "issuer_url", "client_id", "client_secret", "redirect_url", "scopes",
/// "client_authentication", "ca_file", "userinfo", "bearer_audience", "roles_claim", "role_map.VALUE",
/// "default_role", "groups_claim" and "group_map.VALUE". Otherwise all that is wrong, a line each: the key
/// without its section, what is wrong with it and what to write.
[[nodiscard]] std::expected<Settings, std::vector<std::string>> read_settings(
    const std::map<std::string, std::string>& keys);

}  // namespace xzepr::identity::oidc

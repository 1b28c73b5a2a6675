// What a provider sends, whatever it is, is read or refused; what is read keeps its promises. The first byte
// chooses the document.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "domain/subject.hpp"
#include "identity/oidc/discovery.hpp"
#include "identity/oidc/identity_claims.hpp"
#include "identity/oidc/return_path.hpp"
#include "identity/oidc/rights.hpp"
#include "identity/oidc/settings.hpp"
#include "identity/oidc/signed_token.hpp"
#include "identity/oidc/token_endpoint.hpp"
#include "identity/oidc/username.hpp"
#include "json/parse.hpp"

namespace {

namespace oidc = xzepr::identity::oidc;

constexpr std::string_view issuer = "https://idp.example";

void check_discovery(std::string_view text) {
  const auto discovery = oidc::parse_discovery(text, issuer);
  if (!discovery) return;
  XZEPR_ASSERT(discovery->token_endpoint.starts_with("https://") &&
               discovery->jwks_uri.starts_with("https://"));
  XZEPR_ASSERT(oidc::is_trustworthy_url(discovery->authorization_endpoint));
}

void check_keys(std::string_view text) {
  const auto keys = oidc::parse_keys(text);
  XZEPR_ASSERT(!keys || (!keys->empty() && keys->size() <= oidc::keys_max));
}

void check_token(std::string_view text) {
  const auto parts = xzepr::identity::take_apart(text);
  if (!parts) return;
  XZEPR_ASSERT(text.size() <= xzepr::identity::token_bytes_max);
  XZEPR_ASSERT(oidc::check_signature(*parts, {}) == oidc::Trust::key_unknown);
}

void check_claims(std::string_view text) {
  const auto claims = xzepr::json::parse(text);
  if (!claims || !claims->is_object()) return;
  const xzepr::TimePoint now = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4};
  const xzepr::identity::TokenHeader header{
      .kind = xzepr::crypto::SignatureKind::rsa_sha256, .kid = "", .typ = ""};
  const auto identity = oidc::check_id_token(
      header, *claims,
      {.issuer = issuer, .client_id = "xzepr", .nonce = "n", .access_token = "at", .now = now});
  XZEPR_ASSERT(!identity || (identity->issuer == issuer && !identity->subject.empty()));
  if (identity) XZEPR_ASSERT(oidc::username_candidates(*identity).size() >= 4);
  static_cast<void>(
      oidc::check_bearer_token(header, *claims, {.issuer = issuer, .audience = "xzepr", .now = now}));
  const oidc::RightsRule rule{.roles_claim = "realm_access.roles",
                              .role_map = {{"ops", xzepr::identity::Role::admin}},
                              .default_role = std::nullopt,
                              .groups_claim = "groups",
                              .group_map = {}};
  const auto rights = oidc::rights_of(*claims, rule);
  XZEPR_ASSERT(!rights.roles.has(xzepr::identity::Role::user));
  for (const auto& team : rights.team_roles) {
    XZEPR_ASSERT(xzepr::domain::parse_subject("role:" + team) && !xzepr::identity::parse_role(team));
  }
}

void check_tokens(std::string_view text) {
  const auto tokens = oidc::parse_tokens(text);
  XZEPR_ASSERT(!tokens || !tokens->first.empty());
  XZEPR_ASSERT(oidc::token_error(text).size() <= 100);
}

void check_path(std::string_view text) {
  if (!oidc::is_return_path(text)) return;
  XZEPR_ASSERT(text.starts_with('/') && !text.starts_with("//") && text.find('\\') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr void (*checks[])(std::string_view) = {check_discovery, check_keys,   check_token,
                                                         check_claims,    check_tokens, check_path};
  checks[data[0] % std::size(checks)]({reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}

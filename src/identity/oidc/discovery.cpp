#include "identity/oidc/discovery.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "identity/oidc/refusal.hpp"
#include "identity/oidc/settings.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr json::ParseLimits discovery_limits{.depth_max = 32};

std::string discovery_text(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string{} : std::string(json::view(*text));
}

bool is_endpoint(std::string_view url, std::string_view issuer) {
  const bool is_plain = url.starts_with("http://");
  return is_trustworthy_url(url) && (!is_plain || issuer.starts_with("http://")) &&
         url.find('#') == std::string_view::npos;
}

// Absent: most providers support it without saying so.
bool is_s256_possible(const json::Object& object) {
  const auto* methods = object.if_contains("code_challenge_methods_supported");
  const auto* array = methods == nullptr ? nullptr : methods->if_array();
  if (array == nullptr || array->empty()) return true;
  return std::ranges::any_of(*array, [](const json::Value& value) {
    const auto* text = value.if_string();
    return text != nullptr && json::view(*text) == "S256";
  });
}

Result<void> check_endpoints(const Discovery& discovery, std::string_view issuer) {
  for (const auto& [name, url] :
       {std::pair("authorization_endpoint", std::string_view(discovery.authorization_endpoint)),
        std::pair("token_endpoint", std::string_view(discovery.token_endpoint)),
        std::pair("jwks_uri", std::string_view(discovery.jwks_uri))}) {
    if (!is_endpoint(url, issuer))
      return provider_unavailable(fmt::format("the provider's {} is no https URL", name));
  }
  if (!discovery.userinfo_endpoint.empty() && !is_endpoint(discovery.userinfo_endpoint, issuer))
    return provider_unavailable("the provider's userinfo_endpoint is no https URL");
  return {};
}

}  // namespace

std::string discovery_url(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return fmt::format("{}/.well-known/openid-configuration", issuer);
}

Result<Discovery> parse_discovery(std::string_view text, std::string_view issuer) {
  const auto value = json::parse(text, discovery_limits);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return provider_unavailable("the provider's discovery document is no JSON object");
  if (discovery_text(*object, "issuer") != issuer)
    return provider_unavailable(
        "the provider's discovery document is of another issuer than oidc.issuer_url");
  const auto* names_issuer = object->if_contains("authorization_response_iss_parameter_supported");
  Discovery discovery{
      .authorization_endpoint = discovery_text(*object, "authorization_endpoint"),
      .token_endpoint = discovery_text(*object, "token_endpoint"),
      .jwks_uri = discovery_text(*object, "jwks_uri"),
      .userinfo_endpoint = discovery_text(*object, "userinfo_endpoint"),
      .names_issuer = names_issuer != nullptr && names_issuer->is_bool() && names_issuer->as_bool()};
  if (auto checked = check_endpoints(discovery, issuer); !checked) return std::unexpected(checked.error());
  if (!is_s256_possible(*object)) return provider_unavailable("the provider does not support PKCE with S256");
  return discovery;
}

}  // namespace xzepr::identity::oidc

// What is said to the token endpoint and what it says (RFC 6749, sections 4.1.3, 5.1 and 5.2), and userinfo.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/client.hpp"
#include "identity/oidc/identity_claims.hpp"
#include "identity/oidc/settings.hpp"
#include "json/value.hpp"

namespace xzepr::identity::oidc {

[[nodiscard]] http::ClientRequest code_request(const Settings& settings, std::string endpoint,
                                               std::string_view code, std::string_view verifier);

/// ID token and access token ("" when there is none); nullopt when the answer has no ID token or is of
/// another type than Bearer.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> parse_tokens(std::string_view body);
/// The `error` of a refusal, for the log; "" when there is none that the standard allows.
[[nodiscard]] std::string token_error(std::string_view body);

/// Adds the claims that the identity lacks. False, and nothing is added, unless `sub` is the same.
[[nodiscard]] bool merge_userinfo(ForeignIdentity& identity, const json::Value& userinfo);

}  // namespace xzepr::identity::oidc

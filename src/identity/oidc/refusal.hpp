// The errors of this module. Whoever logs in learns that it failed and what to do; why a token was refused,
// which would help to forge one, is for the log only.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::identity::oidc {

/// Errc::unavailable, code "oidc_unavailable": the provider is away, or says what cannot be.
[[nodiscard]] std::unexpected<Error> provider_unavailable(std::string detail);
/// Errc::invalid, code "oidc_login_invalid": this login cannot be ended; begin again.
[[nodiscard]] std::unexpected<Error> login_invalid(std::string detail);
/// Errc::forbidden, code "oidc_login_refused": the person may not come in.
[[nodiscard]] std::unexpected<Error> login_refused(std::string detail);
/// Errc::unauthenticated, code "credentials_invalid", the same answer for every token that is not good.
[[nodiscard]] std::unexpected<Error> token_refused();

}  // namespace xzepr::identity::oidc

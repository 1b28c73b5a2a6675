#include "identity/oidc/refusal.hpp"

namespace xzepr::identity::oidc {

std::unexpected<Error> provider_unavailable(std::string detail) {
  return std::unexpected(Error{.kind = Errc::unavailable,
                               .code = "oidc_unavailable",
                               .detail = std::move(detail),
                               .hint = "try again in a minute; API keys and local accounts work meanwhile",
                               .retry_after = std::chrono::seconds{60}});
}

std::unexpected<Error> login_invalid(std::string detail) {
  return std::unexpected(Error{
      .kind = Errc::invalid,
      .code = "oidc_login_invalid",
      .detail = std::move(detail),
      .hint = "begin again at /api/v1/auth/oidc/login, in the same browser, and end it within 10 minutes"});
}

std::unexpected<Error> login_refused(std::string detail) {
  return std::unexpected(
      Error{.kind = Errc::forbidden,
            .code = "oidc_login_refused",
            .detail = std::move(detail),
            .hint = "begin again; when it stays so, ask whoever runs the provider or this server"});
}

std::unexpected<Error> token_refused() {
  return std::unexpected(Error{.kind = Errc::unauthenticated,
                               .code = "credentials_invalid",
                               .detail = "the token is not valid here",
                               .hint = "get a new one from the provider"});
}

}  // namespace xzepr::identity::oidc

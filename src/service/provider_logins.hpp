// Logins at an OpenID Connect provider, and its bearer tokens, as use cases see them. The composition root
// fills this port; without a provider there is none. One object per shard.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "identity/api_key.hpp"
#include "service/context.hpp"

namespace xzepr::service {

struct ProviderLoginStart {
  std::string location;  ///< where the browser goes
  std::string cookie;    ///< the whole value of a Set-Cookie header
};

/// What the browser brings back, as it came.
struct ProviderAnswer {
  std::optional<std::string> code;
  std::optional<std::string> state;
  std::optional<std::string> issuer;
  std::optional<std::string> error;
};

/// The account of somebody whom the provider vouches for.
struct ProviderLogin {
  identity::User user;
  std::vector<std::string> team_roles;
  std::string return_path;  ///< within this server
};
/// The same of a bearer token: its rights are the token's, whatever the account has.
struct ProviderBearer {
  identity::User user;
  identity::RoleSet roles;
  std::vector<std::string> team_roles;
  TimePoint expires_at;
};

class ProviderLogins {
 public:
  virtual ~ProviderLogins() = default;

  /// `return_path` is "" for the default. "field_invalid" when it leads elsewhere; "oidc_unavailable".
  [[nodiscard]] virtual Task<Result<ProviderLoginStart>> begin(std::string return_path, TimePoint now) = 0;
  /// Makes the account when there is none; its roles are what the provider gives now. `cookies` is the
  /// browser's Cookie header. "oidc_login_invalid", "oidc_login_refused", "oidc_unavailable".
  [[nodiscard]] virtual Task<Result<ProviderLogin>> finish(const Context& context, ProviderAnswer answer,
                                                           std::string cookies) = 0;
  /// A Set-Cookie header that takes the cookie of begin() away.
  [[nodiscard]] virtual std::string clear_cookie() const = 0;

  /// Does this token say that it is of the provider, and are such taken? Nothing is proven.
  [[nodiscard]] virtual bool is_meant(std::string_view token) const = 0;
  /// "credentials_invalid", "oidc_unavailable".
  [[nodiscard]] virtual Task<Result<ProviderBearer>> verify(std::string token, TimePoint now,
                                                            Deadline deadline) = 0;
};

}  // namespace xzepr::service

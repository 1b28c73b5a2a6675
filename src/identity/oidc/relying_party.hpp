// A login at a provider from beginning to end, and the provider's bearer tokens: OpenID Connect Core 1.0,
// section 3.1, with PKCE (RFC 7636), the issuer in the callback (RFC 9207) and the advice of RFC 9700. One
// object per process; any shard.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "identity/oidc/identity_claims.hpp"
#include "identity/oidc/login_attempt.hpp"
#include "identity/oidc/provider.hpp"
#include "identity/oidc/rights.hpp"
#include "identity/oidc/settings.hpp"
#include "telemetry/log.hpp"

namespace xzepr::identity::oidc {

struct LoginStart {
  std::string location;  ///< where the browser goes: the provider, with our questions
  std::string cookie;    ///< the whole value of a Set-Cookie header
};

/// The parameters of a callback, as they came.
struct Callback {
  std::optional<std::string> code = std::nullopt;
  std::optional<std::string> state = std::nullopt;
  std::optional<std::string> issuer = std::nullopt;  ///< `iss`
  std::optional<std::string> error = std::nullopt;
};

/// Somebody whom the provider vouches for, with what that grants here.
struct Vouched {
  ForeignIdentity identity;
  Rights rights;
};
struct LoginEnd {
  Vouched vouched;
  std::string return_path;
};

class RelyingParty {
 public:
  /// `shared_secret` is the same on every node. `log` hears why a login or token was refused.
  RelyingParty(Settings settings, std::string_view shared_secret, Fetcher& fetcher, telemetry::Log& log);

  /// `return_path` is "" for "/". "field_invalid" when it does not stay on this server; "oidc_unavailable".
  [[nodiscard]] Task<Result<LoginStart>> begin(std::string return_path, TimePoint now);
  /// `cookies` is the browser's Cookie header. "oidc_login_invalid" (400) for whatever is not the end of a
  /// login that this browser began at most 10 minutes ago, a second end included; "oidc_login_refused" (403)
  /// when the provider says no; "oidc_unavailable".
  [[nodiscard]] Task<Result<LoginEnd>> finish(Callback callback, std::string cookies, TimePoint now);
  /// A Set-Cookie header that takes the cookie away.
  [[nodiscard]] std::string clear_cookie() const;

  /// True when access tokens of the provider are taken and this one says that it is of this provider; nothing
  /// is proven. Tells such tokens from our own.
  [[nodiscard]] bool is_meant(std::string_view token) const;
  /// "credentials_invalid" for every token that is not good; "oidc_unavailable".
  [[nodiscard]] Task<Result<Vouched>> verify_bearer(std::string token, TimePoint now);

 private:
  struct Tokens {
    std::string id_token;
    std::string access_token;
  };

  [[nodiscard]] std::string authorization_url(const Discovery& discovery, const LoginAttempt& attempt) const;
  [[nodiscard]] std::string_view cookie_name() const;
  [[nodiscard]] std::string set_cookie(std::string_view value, std::chrono::seconds lifetime) const;
  [[nodiscard]] Result<LoginAttempt> open(const Callback& callback, std::string_view cookies, TimePoint now);
  [[nodiscard]] Result<void> check_callback(const Callback& callback, const ProviderState& provider);
  [[nodiscard]] Task<Result<Tokens>> exchange(std::string endpoint, std::string code, std::string verifier);
  [[nodiscard]] Task<Result<ForeignIdentity>> identify(const Tokens& tokens, std::string nonce,
                                                       TimePoint now);
  [[nodiscard]] Task<Result<void>> add_userinfo(ForeignIdentity& identity, std::string access_token,
                                                TimePoint now);
  /// False when this state was used before, here.
  [[nodiscard]] bool use_up(const LoginAttempt& attempt, TimePoint now);
  void note(std::string_view reason);

  const Settings settings_;
  const std::string cookie_key_;
  Fetcher& fetcher_;
  telemetry::Log& log_;
  Provider provider_;

  std::mutex mutex_;
  std::map<std::string, TimePoint> used_;  // guarded by mutex_; states of ended logins until they expire
};

}  // namespace xzepr::identity::oidc

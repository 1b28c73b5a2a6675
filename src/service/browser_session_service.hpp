// Logins of people with a browser: the session's secret is a cookie that no script sees, so a page never
// holds a token. Since the browser sends the cookie by itself, whatever changes something must show a second
// token, bound to the session, that only pages of this server can read (OWASP, "signed double-submit
// cookie"). One object per shard.
#pragma once

#include <string>
#include <string_view>

#include "service/provider_logins.hpp"
#include "service/session_service.hpp"

namespace xzepr::service {

struct BrowserSession {
  std::string secret;      ///< for the hidden cookie; stored as a hash only
  std::string csrf_token;  ///< for the cookie that pages of this server read
  TimePoint expires_at;
  std::chrono::seconds lifetime;
  identity::User user;
};
struct BrowserLogin {
  BrowserSession session;
  std::string return_path;
};

/// Anti-forgery tokens, the same on every node. Any thread.
class CsrfTokens {
 public:
  /// `shared_secret` is the same on every node.
  explicit CsrfTokens(std::string_view shared_secret);

  [[nodiscard]] std::string token(SessionId session) const;
  /// In constant time.
  [[nodiscard]] bool is_token(SessionId session, std::string_view text) const;

 private:
  const std::string key_;
};

class BrowserSessionService {
 public:
  BrowserSessionService(SessionService& sessions, store::SessionStore& store, const CsrfTokens& csrf,
                        const SessionParts& parts);

  /// As SessionService::log_in, but for cookies. `old_secret` is that of the browser's present session, or
  /// "": it ends, so that nobody else knows the one that follows.
  [[nodiscard]] Task<Result<BrowserSession>> log_in(const Context& context, LoginRequest request,
                                                    std::string old_secret);
  /// "oidc_unconfigured" without a provider; see ProviderLogins.
  [[nodiscard]] Task<Result<ProviderLoginStart>> begin_at_provider(std::string return_path, TimePoint now);
  [[nodiscard]] Task<Result<BrowserLogin>> finish_at_provider(const Context& context, ProviderAnswer answer,
                                                              std::string cookies, std::string old_secret);
  /// A Set-Cookie header; "" without a provider.
  [[nodiscard]] std::string clear_provider_cookie() const;

  /// "credentials_invalid".
  [[nodiscard]] Task<Result<Caller>> authenticate(std::string_view secret, TimePoint now, Deadline deadline);
  /// Is this the anti-forgery token of the caller's session?
  [[nodiscard]] bool is_csrf_token(const identity::Principal& caller, std::string_view text) const;

 private:
  [[nodiscard]] Task<BrowserSession> open(const Context& context, identity::User user,
                                          std::vector<std::string> team_roles, std::string detail,
                                          std::string old_secret);

  SessionService& sessions_;
  store::SessionStore& store_;
  const CsrfTokens& csrf_;
  ProviderLogins* provider_;  // may be null
  const std::chrono::seconds lifetime_;
  CredentialCache cache_;
};

}  // namespace xzepr::service

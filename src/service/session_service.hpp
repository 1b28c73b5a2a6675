// Logins: a password for an access token and a refresh token, those for new ones, and the end of it. A
// session is the family of its tokens: it ends for good after its lifetime, at a logout, when a refresh token
// is used twice, and when its user's password, roles or enablement change; from then on every node refuses
// its tokens within a second (credential_cache.hpp). RFC 6749, section 6; RFC 9700, sections 2.2.2 and 4.14.
// One object per shard.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "identity/access_token.hpp"
#include "identity/session.hpp"
#include "limits/bucket_table.hpp"
#include "service/audit_log.hpp"
#include "service/catalogue.hpp"
#include "service/credential_cache.hpp"
#include "service/limited_logins.hpp"
#include "service/password_hasher.hpp"
#include "service/provider_logins.hpp"
#include "store/session_store.hpp"

namespace xzepr::service {

struct TokenPolicy {
  identity::TokenNames names;
  std::chrono::seconds access_lifetime{900};
  std::chrono::seconds session_lifetime{604'800};  ///< absolute, however often it is refreshed
  /// Logins with a password in a minute, for each user name and for each address; 0: any number.
  std::uint32_t attempts_per_minute = 5;
};

/// What the shards share. Must outlive every SessionService.
struct SessionParts {
  const TokenPolicy& policy;
  identity::SigningKeyRing& keys;
  PasswordHasher& hasher;
  limits::BucketTable& attempts;
  LimitedLogins& limited;
  IdSource& ids;
  telemetry::Log& log;
  ProviderLogins* provider = nullptr;  ///< of this shard; null: there is none
};

struct LoginRequest {
  std::string username;
  std::string password;
};
struct RefreshRequest {
  std::string access_token;
  std::string refresh_token;
};
struct Tokens {
  std::string access_token;
  std::string refresh_token;
  TimePoint expires_at;  ///< of the access token
  std::chrono::seconds expires_in;
  identity::User user;
};

class SessionService {
 public:
  SessionService(store::IdentityStore& identities, store::SessionStore& sessions,
                 store::CatalogueStore& catalogue_store, Catalogue& catalogue, const SessionParts& parts);

  /// "login_refused" (401): the same words and the same time for an unknown, disabled or passwordless user
  /// and a wrong password. "rate_limited" after too many tries, also of those before a restart.
  /// "tokens_unavailable" without a key.
  [[nodiscard]] Task<Result<Tokens>> log_in(const Context& context, LoginRequest request);
  /// The access token, expired or not, and the refresh token of the same session, for new ones.
  /// "refresh_refused" (401) whatever is wrong; a refresh token that was used before ends its session.
  [[nodiscard]] Task<Result<Tokens>> refresh(const Context& context, RefreshRequest request);
  /// Ends the caller's session. Nothing to do for a caller without one.
  [[nodiscard]] Task<Result<void>> log_out(const Context& context);

  /// Errc::unauthenticated "credentials_invalid", the same for whatever is wrong. A signature is checked
  /// once, not with every request.
  [[nodiscard]] Task<Result<Caller>> authenticate(std::string_view token, TimePoint now, Deadline deadline);

  /// A login that was refused before it came here goes into the audit log, too.
  void note_limited(std::string_view address, TimePoint now) { parts_.limited.note(address, {}, now); }

  /// Is it a token of ours, expired or not, or does it say that it is the provider's? Asks nobody.
  [[nodiscard]] bool may_be_genuine(std::string_view token, TimePoint now);

  // What every way to log in has in common.

  /// The user whose password it is; refusals as of log_in.
  [[nodiscard]] Task<Result<identity::User>> check_password(const Context& context, LoginRequest request);
  /// Writes the session and who opened it. `secret_hash` is of the one secret that it begins with.
  [[nodiscard]] Task<identity::Session> open_session(const Context& context, const identity::User& user,
                                                     std::vector<std::string> team_roles,
                                                     crypto::Sha256 secret_hash, std::string detail);
  /// Ends a session because its browser begins another.
  [[nodiscard]] Task<> replace(const Context& context, store::SessionRecord record);
  /// Writes and tells a login that failed. `username` is "" when nobody was named.
  [[nodiscard]] Task<> refuse_login(const Context& context, std::string username, std::string reason);
  /// The catalogue's revision as this node knows it, which is read first when none is known yet.
  [[nodiscard]] Task<std::int64_t> known_revision(Deadline deadline);

 private:
  /// Whom a token speaks for, and until when.
  struct Checked {
    Result<Caller> caller;
    std::optional<TimePoint> expires_at;
  };

  [[nodiscard]] Error limit(const Context& context, std::string_view username,
                            std::chrono::seconds retry_after);
  [[nodiscard]] Task<Result<void>> admit(const Context& context, std::string username);
  [[nodiscard]] Task<> renew_hash(const Context& context, store::LoginRecord login, std::string password);
  [[nodiscard]] Task<> end(const Context& context, const store::SessionRecord& record,
                           identity::AuditEntry entry);
  [[nodiscard]] Task<> end_reused(const Context& context, store::SessionRecord record);
  [[nodiscard]] Task<Checked> check_ours(std::string_view token, std::int64_t revision, TimePoint now,
                                         Deadline deadline);
  [[nodiscard]] Task<Checked> check_foreign(std::string_view token, std::int64_t revision, TimePoint now,
                                            Deadline deadline);
  [[nodiscard]] Task<Result<void>> change(std::vector<store::CatalogueWrite> writes, Deadline deadline);
  [[nodiscard]] Task<std::shared_ptr<const identity::SigningKeys>> keys_for(std::string_view token);
  [[nodiscard]] Tokens make_tokens(const identity::SigningKeys& keys, const identity::Session& session,
                                   identity::User user, std::string refresh_token, TimePoint now);

  store::IdentityStore& identities_;
  store::SessionStore& sessions_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  SessionParts parts_;
  AuditLog audit_;
  CredentialCache cache_;
};

}  // namespace xzepr::service

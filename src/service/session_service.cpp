#include "service/session_service.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "crypto/random.hpp"
#include "identity/jws.hpp"
#include "identity/password.hpp"
#include "service/catalogue_change.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

using identity::AuditAction;
using identity::AuditOutcome;

constexpr std::string_view refresh_prefix = "xzr_";
constexpr std::size_t refresh_bytes = 32;
constexpr std::chrono::seconds attempts_window{60};
constexpr std::chrono::milliseconds ask_period{50};
constexpr int waits_max = 20;  // of ask_period, for a source that answers later

Error login_refused() {
  return Error{.kind = Errc::unauthenticated,
               .code = "login_refused",
               .detail = "the user name or the password is wrong",
               .hint = "try again, or ask an administrator for a new password"};
}

Error refresh_refused() {
  return Error{.kind = Errc::unauthenticated,
               .code = "refresh_refused",
               .detail = "these tokens cannot be refreshed",
               .hint = "log in again"};
}

Error too_many_attempts(std::chrono::seconds retry_after) {
  return Error{.kind = Errc::rate_limited,
               .code = "rate_limited",
               .detail = "too many logins for this user or from this address",
               .hint = "wait as long as Retry-After says",
               .retry_after = retry_after};
}

Error tokens_unavailable() {
  return Error{.kind = Errc::unavailable,
               .code = "tokens_unavailable",
               .detail = "this server has no key to sign tokens with",
               .hint = "use an API key, or set jwt.keys.file or vault.signing_key_path"};
}

std::string make_refresh_token() {
  return std::string(refresh_prefix) + crypto::to_base64url(crypto::random_bytes(refresh_bytes));
}

// For the audit log only.
std::string refusal_of(const std::optional<store::LoginRecord>& login) {
  if (!login) return "unknown user";
  return login->user.enabled ? "wrong password" : "disabled user";
}

}  // namespace

SessionService::SessionService(store::IdentityStore& identities, store::SessionStore& sessions,
                               store::CatalogueStore& catalogue_store, Catalogue& catalogue,
                               const SessionParts& parts)
    : identities_(identities),
      sessions_(sessions),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      parts_(parts),
      audit_(parts.ids, parts.log) {}

Error SessionService::limit(const Context& context, std::string_view username,
                            std::chrono::seconds retry_after) {
  parts_.limited.note(context.address, username, context.now);
  return too_many_attempts(retry_after);
}

// Two counts: the bucket holds back those who try at once, the audit log those who waited for a restart or
// ask another node.
Task<Result<void>> SessionService::admit(const Context& context, std::string username) {
  const auto rpm = parts_.policy.attempts_per_minute;
  if (rpm == 0) co_return Result<void>();
  const auto now = limits::TokenBucket::Clock::now();
  for (const auto& key : {"login user " + username, "login address " + context.address}) {
    const auto verdict = parts_.attempts.take(key, rpm, now);
    if (!verdict.is_admitted) co_return std::unexpected(limit(context, username, verdict.retry_after));
  }
  const auto since = context.now - attempts_window;
  const auto failures =
      co_await sessions_.count_login_failures(username, context.address, since, context.deadline);
  if (failures.of_username >= rpm || failures.of_address >= rpm)
    co_return std::unexpected(limit(context, username, attempts_window));
  co_return Result<void>();
}

Task<> SessionService::refuse_login(const Context& context, std::string username, std::string reason) {
  auto entry = audit_.entry(
      context, {.action = AuditAction::login, .outcome = AuditOutcome::refused, .detail = std::move(reason)});
  entry.username = std::move(username);
  co_await sessions_.record(entry, context.deadline);
  audit_.tell(entry);
}

Task<Result<identity::User>> SessionService::check_password(const Context& context, LoginRequest request) {
  // What cannot be a name is nobody's, and is counted and refused as one.
  const std::string username = clean_text(request.username, {}).value_or("");
  auto admitted = co_await admit(context, username);
  if (!admitted) co_return std::unexpected(std::move(admitted).error());
  auto login = co_await sessions_.find_login(username, context.deadline);
  const auto password = identity::typed_password(request.password);
  std::string typed = password.value_or("");
  std::string stored;
  if (login) stored = login->password_hash;
  auto verified = co_await parts_.hasher.verify(std::move(typed), std::move(stored));
  if (!verified) co_return std::unexpected(std::move(verified).error());
  if (!login || !login->user.enabled || !password || !*verified) {
    std::string reason = refusal_of(login);
    co_await refuse_login(context, username, std::move(reason));
    co_return std::unexpected(login_refused());
  }
  if (crypto::needs_rehash(login->password_hash)) co_await renew_hash(context, *login, *password);
  co_return std::move(login->user);
}

Task<Result<Tokens>> SessionService::log_in(const Context& context, LoginRequest request) {
  const auto keys = parts_.keys.keys();
  if (keys == nullptr) co_return std::unexpected(tokens_unavailable());
  auto user = co_await check_password(context, std::move(request));
  if (!user) co_return std::unexpected(std::move(user).error());
  auto refresh_token = make_refresh_token();
  std::vector<std::string> no_teams;
  std::string detail = "password";
  const auto session = co_await open_session(context, *user, std::move(no_teams),
                                             crypto::sha256(refresh_token), std::move(detail));
  co_return make_tokens(*keys, session, *std::move(user), std::move(refresh_token), context.now);
}

Task<> SessionService::renew_hash(const Context& context, store::LoginRecord login, std::string password) {
  auto hash = co_await parts_.hasher.hash(std::move(password));
  if (!hash) co_return;
  std::vector<store::CatalogueWrite> writes;
  writes.emplace_back(store::PutPassword{.user_id = login.user.id, .hash = *std::move(hash)});
  (void)co_await change(std::move(writes), context.deadline);
}

Task<identity::Session> SessionService::open_session(const Context& context, const identity::User& user,
                                                     std::vector<std::string> team_roles,
                                                     crypto::Sha256 secret_hash, std::string detail) {
  identity::Session session{.id = SessionId{parts_.ids.next(context.now)},
                            .user_id = user.id,
                            .team_roles = std::move(team_roles),
                            .created_at = context.now,
                            .expires_at = context.now + parts_.policy.session_lifetime};
  auto entry = audit_.entry(context, {.action = AuditAction::login, .detail = std::move(detail)});
  entry.user_id = user.id;
  entry.username = user.username;
  store::NewSession opened{.session = session, .secret_hash = secret_hash, .audit = entry};
  co_await sessions_.open_session(std::move(opened), context.deadline);
  audit_.tell(entry);
  co_return session;
}

Tokens SessionService::make_tokens(const identity::SigningKeys& keys, const identity::Session& session,
                                   identity::User user, std::string refresh_token, TimePoint now) {
  const auto end = std::min(now + parts_.policy.access_lifetime, session.expires_at);
  const identity::AccessClaims claims{.subject = user.id,
                                      .session = session.id,
                                      .token_id = parts_.ids.next(now),
                                      .roles = user.roles,
                                      .issued_at = now,
                                      .expires_at = end};
  return {.access_token = identity::mint_access_token(keys, parts_.policy.names, claims),
          .refresh_token = std::move(refresh_token),
          .expires_at = std::chrono::floor<std::chrono::seconds>(end),
          .expires_in = std::chrono::duration_cast<std::chrono::seconds>(end - now),
          .user = std::move(user)};
}

Task<Result<Tokens>> SessionService::refresh(const Context& context, RefreshRequest request) {
  const auto keys = co_await keys_for(request.access_token);
  if (keys == nullptr) co_return std::unexpected(tokens_unavailable());
  const auto claims = identity::verify_access_token(*keys, parts_.policy.names, request.access_token,
                                                    context.now, identity::Expiry::ignored);
  const auto old_hash = crypto::sha256(request.refresh_token);
  auto record = co_await sessions_.find_refresh_token(old_hash, context.deadline);
  // Both must be of one session: neither is enough alone (B07).
  const bool is_pair =
      claims && record && record->of.session.id == claims->session && record->of.user.id == claims->subject;
  if (!is_pair || !principal_of(record->of, 0, context.now)) {
    auto entry = audit_.entry(context, {.action = AuditAction::refresh, .outcome = AuditOutcome::refused});
    if (is_pair) entry.username = record->of.user.username;
    co_await sessions_.record(entry, context.deadline);
    audit_.tell(entry);
    co_return std::unexpected(refresh_refused());
  }
  auto entry = audit_.entry(context, {.action = AuditAction::refresh});
  entry.user_id = record->of.user.id;
  entry.username = record->of.user.username;
  auto refresh_token = make_refresh_token();
  bool is_rotated = false;
  if (!record->is_used) {
    store::RefreshRotation rotation{.session = claims->session,
                                    .old_hash = old_hash,
                                    .new_hash = crypto::sha256(refresh_token),
                                    .audit = entry};
    is_rotated = co_await sessions_.rotate(std::move(rotation), context.deadline);
  }
  if (!is_rotated) {
    co_await end_reused(context, std::move(record->of));
    co_return std::unexpected(refresh_refused());
  }
  audit_.tell(entry);
  co_return make_tokens(*keys, record->of.session, std::move(record->of.user), std::move(refresh_token),
                        context.now);
}

Task<> SessionService::end(const Context& context, const store::SessionRecord& record,
                           identity::AuditEntry entry) {
  entry.username = record.user.username;
  std::vector<store::CatalogueWrite> writes;
  writes.emplace_back(
      store::EndSessions{.user_id = record.user.id, .only = record.session.id, .at = context.now});
  writes.emplace_back(store::PutAudit{entry});
  (void)co_await change(std::move(writes), context.deadline);
  audit_.tell(entry);
}

// Somebody has a copy: which of the two is the thief cannot be known, so the session ends for both.
Task<> SessionService::end_reused(const Context& context, store::SessionRecord record) {
  auto entry = audit_.entry(context, {.action = AuditAction::session_revoked,
                                      .outcome = AuditOutcome::refused,
                                      .target = to_string(record.session.id),
                                      .detail = "a refresh token was used twice"});
  co_await end(context, record, std::move(entry));
}

Task<> SessionService::replace(const Context& context, store::SessionRecord record) {
  if (!record.session.is_live(context.now)) co_return;
  auto entry = audit_.entry(context, {.action = AuditAction::session_revoked,
                                      .target = to_string(record.session.id),
                                      .detail = "the browser begins another session"});
  co_await end(context, record, std::move(entry));
}

Task<Result<void>> SessionService::log_out(const Context& context) {
  if (!context.principal->session_id) co_return Result<void>();
  const auto entry = audit_.entry(context, {.action = AuditAction::logout});
  std::vector<store::CatalogueWrite> writes;
  writes.emplace_back(store::EndSessions{
      .user_id = context.principal->user_id, .only = context.principal->session_id, .at = context.now});
  writes.emplace_back(store::PutAudit{entry});
  auto changed = co_await change(std::move(writes), context.deadline);
  if (changed) audit_.tell(entry);
  co_return changed;
}

Task<Result<void>> SessionService::change(std::vector<store::CatalogueWrite> writes, Deadline deadline) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(deadline);
    auto applied = co_await try_apply(catalogue_, catalogue_store_, revision, writes, deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (*applied) co_return Result<void>();
  }
  co_return std::unexpected(catalogue_too_busy());
}

// Another node may have begun to sign with a key that this one has not read yet. Whoever invents key ids
// waits.
Task<std::shared_ptr<const identity::SigningKeys>> SessionService::keys_for(std::string_view token) {
  auto keys = parts_.keys.keys();
  const auto kid = identity::unproven_key_id(token);
  if (keys == nullptr || !kid || keys->knows(*kid)) co_return keys;
  auto asked = parts_.keys.ask_again(ask_period);
  if (asked == identity::Asked::not_now) {
    co_await sleep_for(ask_period);
    asked = parts_.keys.ask_again(std::chrono::milliseconds{0});
  }
  keys = parts_.keys.keys();
  for (int waits = 0; asked == identity::Asked::under_way && waits < waits_max && !keys->knows(*kid);
       ++waits) {
    co_await sleep_for(ask_period);
    keys = parts_.keys.keys();
  }
  co_return keys;
}

Task<std::int64_t> SessionService::known_revision(Deadline deadline) {
  if (catalogue_.snapshot()->catalogue->revision() < 0)
    co_await catalogue_.refresh(catalogue_store_, deadline);
  co_return catalogue_.snapshot()->catalogue->revision();
}

Task<Result<Caller>> SessionService::authenticate(std::string_view token, TimePoint now, Deadline deadline) {
  // Read before the session is: a change that comes between makes the answer look older than it is, never
  // newer.
  const std::int64_t revision = co_await known_revision(deadline);
  const auto hash = crypto::sha256(token);
  if (auto known = cache_.find(hash, revision, now)) co_return *std::move(known);
  const bool is_foreign = parts_.provider != nullptr && parts_.provider->is_meant(token);
  auto work =
      is_foreign ? check_foreign(token, revision, now, deadline) : check_ours(token, revision, now, deadline);
  auto checked = co_await std::move(work);
  // That the provider is away says nothing of the token.
  const bool is_final = checked.caller || checked.caller.error().kind == Errc::unauthenticated;
  if (is_final) cache_.put(hash, revision, now, checked.caller, checked.expires_at);
  co_return std::move(checked.caller);
}

Task<SessionService::Checked> SessionService::check_ours(std::string_view token, std::int64_t revision,
                                                         TimePoint now, Deadline deadline) {
  Checked checked{.caller = std::unexpected(credentials_invalid()), .expires_at = std::nullopt};
  const auto keys = co_await keys_for(token);
  std::expected<identity::AccessClaims, std::string_view> claims = std::unexpected("there is no key");
  if (keys != nullptr) claims = identity::verify_access_token(*keys, parts_.policy.names, token, now);
  if (!claims) {
    parts_.log.debug("identity", "a token was refused", {{"reason", claims.error()}});
    co_return checked;
  }
  const auto record = co_await identities_.find_session(claims->session, deadline);
  checked.expires_at = claims->expires_at + identity::token_leeway;
  if (record && record->user.id == claims->subject)
    checked.caller = ending_by(principal_of(*record, revision, now), checked.expires_at);
  co_return checked;
}

Task<SessionService::Checked> SessionService::check_foreign(std::string_view token, std::int64_t revision,
                                                            TimePoint now, Deadline deadline) {
  Checked checked{.caller = std::unexpected(credentials_invalid()), .expires_at = std::nullopt};
  std::string text(token);
  auto bearer = co_await parts_.provider->verify(std::move(text), now, deadline);
  if (bearer) {
    checked.caller = principal_of(*bearer, revision);
    checked.expires_at = bearer->expires_at;
  } else {
    checked.caller = std::unexpected(std::move(bearer).error());
  }
  co_return checked;
}

bool SessionService::may_be_genuine(std::string_view token, TimePoint now) {
  if (parts_.provider != nullptr && parts_.provider->is_meant(token)) return true;
  const auto keys = parts_.keys.keys();
  return keys != nullptr &&
         identity::verify_access_token(*keys, parts_.policy.names, token, now, identity::Expiry::ignored)
             .has_value();
}

}  // namespace xzepr::service

#include "service/rights.hpp"

#include <algorithm>

#include "service/refusals.hpp"

namespace xzepr::service {

Result<Caller> principal_of(const store::Credential& credential, std::int64_t revision, TimePoint now) {
  const auto& [key, user] = credential;
  const bool is_expired = key.expires_at && *key.expires_at <= now;
  if (is_expired || key.revoked_at || !user.enabled || key.user_id != user.id) {
    return std::unexpected(credentials_invalid());
  }
  auto principal = std::make_shared<identity::Principal>();
  principal->user_id = user.id;
  principal->username = user.username;
  principal->roles = user.roles.intersect(key.roles);
  principal->api_key_id = key.id;
  principal->rpm = key.rpm;
  principal->default_receiver = key.default_receiver;
  principal->expires_at = key.expires_at;
  principal->revision = revision;
  return principal;
}

Result<Caller> principal_of(const store::SessionRecord& record, std::int64_t revision, TimePoint now) {
  const auto& [session, user] = record;
  if (!session.is_live(now) || !user.enabled || session.user_id != user.id)
    return std::unexpected(credentials_invalid());
  auto principal = std::make_shared<identity::Principal>();
  principal->user_id = user.id;
  principal->username = user.username;
  principal->roles = user.roles;
  principal->team_roles = session.team_roles;
  principal->session_id = session.id;
  principal->expires_at = session.expires_at;
  principal->revision = revision;
  return principal;
}

Result<Caller> principal_of(const ProviderBearer& bearer, std::int64_t revision) {
  if (!bearer.user.enabled) return std::unexpected(credentials_invalid());
  auto principal = std::make_shared<identity::Principal>();
  principal->user_id = bearer.user.id;
  principal->username = bearer.user.username;
  principal->roles = bearer.roles;
  principal->team_roles = bearer.team_roles;
  principal->expires_at = bearer.expires_at;
  principal->revision = revision;
  return principal;
}

Result<Caller> ending_by(Result<Caller> caller, std::optional<TimePoint> end) {
  if (!caller || !end) return caller;
  auto principal = std::make_shared<identity::Principal>(**caller);
  principal->expires_at = std::min(principal->expires_at.value_or(*end), *end);
  return principal;
}

namespace {

// A provider's token brings its own rights; whether its user may still come in is known here.
Task<Result<Caller>> bearer_at(const Caller& known, std::int64_t revision, store::IdentityStore& identities,
                               Deadline deadline) {
  const auto user = co_await identities.find_user_by_id(known->user_id, deadline);
  if (!user || !user->enabled) co_return std::unexpected(credentials_invalid());
  auto principal = std::make_shared<identity::Principal>(*known);
  principal->revision = revision;
  co_return principal;
}

}  // namespace

Task<Result<Caller>> caller_at(const Context& context, std::int64_t revision,
                               store::IdentityStore* identities) {
  const auto& known = *context.principal;
  const bool is_current = known.revision < 0 || known.revision == revision;
  if (identities == nullptr || is_current) co_return context.principal;
  if (known.session_id) {
    const auto record = co_await identities->find_session(*known.session_id, context.deadline);
    if (!record) co_return std::unexpected(credentials_invalid());
    co_return ending_by(principal_of(*record, revision, context.now), known.expires_at);
  }
  if (!known.api_key_id)
    co_return co_await bearer_at(context.principal, revision, *identities, context.deadline);
  auto key = co_await identities->find_api_key(*known.api_key_id, context.deadline);
  if (!key) co_return std::unexpected(credentials_invalid());
  auto user = co_await identities->find_user_by_id(key->user_id, context.deadline);
  if (!user) co_return std::unexpected(credentials_invalid());
  store::Credential credential{.key = *std::move(key), .user = *std::move(user)};
  co_return principal_of(credential, revision, context.now);
}

}  // namespace xzepr::service

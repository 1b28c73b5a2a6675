#include "service/identity_service.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "service/api_key_check.hpp"
#include "service/catalogue_change.hpp"
#include "service/lookup.hpp"
#include "service/refusals.hpp"
#include "service/rights.hpp"

namespace xzepr::service {
namespace {

constexpr std::size_t used_keys_max = 10'000;
constexpr std::string_view first_admin = "admin";

Error user_unknown(std::string_view username, Errc kind) {
  return Error{.kind = kind,
               .code = "user_unknown",
               .detail = fmt::format("there is no user {}", shown(username)),
               .field = "username"};
}

Error too_many_api_keys(std::string_view username) {
  return Error{.kind = Errc::conflict,
               .code = "api_keys_too_many",
               .detail = fmt::format("{} has {} API keys, which is the most", shown(username),
                                     limits::live_api_keys_per_user_max),
               .hint = "revoke some: GET /api/v1/api-keys lists them"};
}

identity::ApiKey make_key(ApiKeyId id, const identity::User& user, std::string_view clear,
                          const KeyGrant& granted, TimePoint now) {
  identity::ApiKey key;
  key.id = id;
  key.user_id = user.id;
  key.prefix = identity::api_key_prefix(clear);
  const auto hash = identity::parse_api_key(clear);
  XZEPR_ASSERT(hash.has_value());
  key.hash = *hash;
  key.roles = granted.roles;
  key.rpm = granted.rpm;
  key.created_at = now;
  key.expires_at = granted.expires_at;
  return key;
}

identity::User make_user(UserId id, std::string username, identity::RoleSet roles, TimePoint now) {
  identity::User user;
  user.id = id;
  user.display_name = username;
  user.username = std::move(username);
  user.roles = roles;
  if (user.roles.is_empty()) user.roles.add(identity::Role::user);
  user.created_at = now;
  return user;
}

}  // namespace

IdentityService::IdentityService(store::IdentityStore& identities, store::CatalogueStore& catalogue_store,
                                 Catalogue& catalogue, const CursorCodec& cursors, IdSource& ids,
                                 telemetry::Log& log)
    : identities_(identities),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      cursors_(cursors),
      ids_(ids),
      audit_(ids, log) {}

Caller IdentityService::local_admin() {
  auto principal = std::make_shared<identity::Principal>();
  principal->username = "local";
  principal->roles.add(identity::Role::admin);
  return principal;
}

Task<Result<Caller>> IdentityService::authenticate(std::string_view api_key, TimePoint now,
                                                   Deadline deadline) {
  const auto hash = identity::parse_api_key(api_key);
  if (!hash) co_return std::unexpected(credentials_invalid());
  if (catalogue_.snapshot()->catalogue->revision() < 0)
    co_await catalogue_.refresh(catalogue_store_, deadline);
  // Read before the key is: a change that comes between makes the answer look older than it is, never newer.
  const std::int64_t revision = catalogue_.snapshot()->catalogue->revision();
  auto answer = cache_.find(*hash, revision, now);
  if (!answer) {
    auto credential = co_await identities_.find_credential(*hash, deadline);
    answer = credential ? principal_of(*credential, revision, now)
                        : Result<Caller>(std::unexpected(credentials_invalid()));
    const auto expires_at = credential ? credential->key.expires_at : std::nullopt;
    cache_.put(*hash, revision, now, *answer, expires_at);
  }
  const bool is_used = answer->has_value() && used_.size() < used_keys_max;
  if (is_used) used_.insert(*(**answer)->api_key_id);
  co_return *std::move(answer);
}

Task<> IdentityService::flush_touches(TimePoint now, Deadline deadline) {
  const auto used = std::exchange(used_, {});
  for (const ApiKeyId id : used) co_await identities_.touch_api_key(id, now, deadline);
}

Task<Result<std::optional<identity::User>>> IdentityService::find_key_user(const Context& context,
                                                                           const identity::Principal& caller,
                                                                           const NewApiKey& request) {
  const bool is_own =
      (caller.api_key_id || caller.session_id) && (!request.username || *request.username == caller.username);
  if (is_own) {
    auto own = co_await identities_.find_user_by_id(caller.user_id, context.deadline);
    if (!own) co_return std::unexpected(credentials_invalid());
    co_return own;
  }
  if (!request.username)
    co_return invalid_field("username", "required", "is required: say whose key it shall be");
  auto allowed = identity::require(caller, identity::Permission::user_manage);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto user = co_await identities_.find_user(*request.username, context.deadline);
  if (!user && !request.make_user) co_return std::unexpected(user_unknown(*request.username, Errc::invalid));
  co_return user;
}

Task<std::optional<TimePoint>> IdentityService::own_expiry(const Context& context,
                                                           const identity::Principal& caller) {
  if (!caller.api_key_id) co_return std::nullopt;
  const auto key = co_await identities_.find_api_key(*caller.api_key_id, context.deadline);
  co_return key ? key->expires_at : std::nullopt;
}

Task<Result<std::optional<ReceiverId>>> IdentityService::find_default_receiver(
    const Context& context, const identity::Principal& caller, const std::optional<std::string>& reference) {
  if (!reference) co_return std::optional<ReceiverId>();
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  const auto found = visible_receiver(caller, *snapshot->catalogue, *reference);
  if (!found) co_return std::unexpected(receiver_unknown_in("default_receiver", *reference));
  co_return std::optional((*found)->id);
}

// Bound to the revision that the change is bound to, so that many at once are no way round it. The command
// line has no bound: it is the way back in.
Task<bool> IdentityService::has_room_for_key(const Context& context, const identity::Principal& caller,
                                             const identity::User& user) {
  if (caller.user_id == UserId{}) co_return true;
  const auto live = co_await identities_.count_live_api_keys(user.id, context.now, context.deadline);
  co_return live < limits::live_api_keys_per_user_max;
}

Task<Result<ApiKeyCreated>> IdentityService::create_api_key(const Context& context, NewApiKey request) {
  auto checked = check_new_api_key(std::move(request), context.now);
  if (!checked) co_return std::unexpected(std::move(checked).error());
  const std::string clear = identity::make_api_key();
  const UserId new_user_id{ids_.next(context.now)};
  const ApiKeyId key_id{ids_.next(context.now)};
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(context.deadline);
    auto caller = co_await caller_at(context, revision, &identities_);
    if (!caller) co_return std::unexpected(std::move(caller).error());
    auto found = co_await find_key_user(context, **caller, *checked);
    if (!found) co_return std::unexpected(std::move(found).error());
    auto receiver = co_await find_default_receiver(context, **caller, checked->default_receiver);
    if (!receiver) co_return std::unexpected(std::move(receiver).error());
    const auto expiry = co_await own_expiry(context, **caller);

    std::vector<store::CatalogueWrite> writes;
    if (!*found) {
      *found = make_user(new_user_id, *checked->username, checked->roles, context.now);
      writes.emplace_back(store::PutUser{**found});
    }
    const identity::User& user = **found;
    const KeyGrantInput input{**caller, user, *checked, expiry};
    auto granted = grant(input);
    if (!granted) co_return std::unexpected(std::move(granted).error());
    const bool has_room = co_await has_room_for_key(context, **caller, user);
    if (!has_room) co_return std::unexpected(too_many_api_keys(user.username));
    identity::ApiKey key = make_key(key_id, user, clear, *granted, context.now);
    key.name = checked->name;
    key.default_receiver = *receiver;
    writes.emplace_back(store::PutApiKey{key});
    const auto entry = audit_.entry(context, {.action = identity::AuditAction::api_key_created,
                                              .target = to_string(key.id),
                                              .detail = "of " + user.username});
    writes.emplace_back(store::PutAudit{entry});
    auto applied =
        co_await try_apply(catalogue_, catalogue_store_, revision, std::move(writes), context.deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (*applied) audit_.tell(entry);
    if (*applied) co_return ApiKeyCreated{.key = std::move(key), .user = user, .clear = clear};
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<Page<identity::ApiKey>>> IdentityService::list_api_keys(const Context& context,
                                                                    std::optional<std::string> username,
                                                                    PageRequest page) {
  const auto& caller = *context.principal;
  QueryText text("api keys", caller.user_id);
  text.add("user", username);
  auto after = id_position_of<ApiKeyId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  std::optional<UserId> user_id;
  const bool is_own = username ? caller.username == *username : !manages_users(caller);
  if (is_own) {
    user_id = caller.user_id;
  } else {
    auto allowed = identity::require(caller, identity::Permission::user_manage);
    if (!allowed) co_return std::unexpected(std::move(allowed).error());
  }
  if (!is_own && username) {
    auto cleaned = clean_text(*username, {});
    if (!cleaned) co_return std::unexpected(user_unknown(*username, Errc::not_found));
    const auto user = co_await identities_.find_user(*cleaned, context.deadline);
    if (!user) co_return std::unexpected(user_unknown(*cleaned, Errc::not_found));
    user_id = user->id;
  }
  auto rows = co_await identities_.list_api_keys(user_id, *after, page.limit + 1, context.deadline);
  auto out = cut_page(std::move(rows), page, cursors_, text,
                      [](const identity::ApiKey& key) { return to_string(key.id); });
  if (page.wants_total) out.total = co_await identities_.count_api_keys(user_id, context.deadline);
  co_return out;
}

Task<Result<void>> IdentityService::revoke_api_key(const Context& context, ApiKeyId id) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(context.deadline);
    auto caller = co_await caller_at(context, revision, &identities_);
    if (!caller) co_return std::unexpected(std::move(caller).error());
    auto key = co_await identities_.find_api_key(id, context.deadline);
    const bool is_visible = key && (key->user_id == (*caller)->user_id || manages_users(**caller));
    if (!is_visible) co_return std::unexpected(api_key_unknown(to_string(id)));
    if (key->revoked_at) co_return Result<void>();
    key->revoked_at = context.now;
    std::vector<store::CatalogueWrite> writes;
    writes.emplace_back(store::PutApiKey{*std::move(key)});
    const auto entry =
        audit_.entry(context, {.action = identity::AuditAction::api_key_revoked, .target = to_string(id)});
    writes.emplace_back(store::PutAudit{entry});
    auto applied =
        co_await try_apply(catalogue_, catalogue_store_, revision, std::move(writes), context.deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (*applied) audit_.tell(entry);
    if (*applied) co_return Result<void>();
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<ApiKeyCreated>> IdentityService::bootstrap(TimePoint now, Deadline deadline) {
  const std::string clear = identity::make_api_key();
  const UserId new_user_id{ids_.next(now)};
  const ApiKeyId key_id{ids_.next(now)};
  identity::RoleSet admin;
  admin.add(identity::Role::admin);
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    // The revision first: whoever makes an administrator after it raises it, and the change below is refused.
    const std::int64_t revision = co_await catalogue_store_.revision(deadline);
    const bool has_admin = co_await identities_.has_admin(deadline);
    if (has_admin) {
      co_return std::unexpected(conflict("admin_exists", "there is an administrator already",
                                         "xzepr admin key create --user NAME makes another key"));
    }
    auto user = co_await identities_.find_user(std::string(first_admin), deadline);
    if (!user) user = make_user(new_user_id, std::string(first_admin), admin, now);
    user->roles.add(identity::Role::admin);
    user->enabled = true;
    const KeyGrant granted{.roles = admin, .rpm = std::nullopt, .expires_at = std::nullopt};
    identity::ApiKey key = make_key(key_id, *user, clear, granted, now);
    key.name = "bootstrap";
    std::vector<store::CatalogueWrite> writes;
    writes.emplace_back(store::PutUser{*user});
    writes.emplace_back(store::PutApiKey{key});
    writes.emplace_back(store::PutAudit{{.id = AuditId{ids_.next(now)},
                                         .at = now,
                                         .action = identity::AuditAction::admin_bootstrapped,
                                         .username = "local",
                                         .target = user->username}});
    auto applied = co_await try_apply(catalogue_, catalogue_store_, revision, std::move(writes), deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (*applied) co_return ApiKeyCreated{.key = std::move(key), .user = *std::move(user), .clear = clear};
  }
  co_return std::unexpected(catalogue_too_busy());
}

}  // namespace xzepr::service

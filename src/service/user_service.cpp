#include "service/user_service.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "identity/password.hpp"
#include "service/api_key_check.hpp"
#include "service/catalogue_change.hpp"
#include "service/refusals.hpp"
#include "service/rights.hpp"

namespace xzepr::service {
namespace {

using identity::AuditAction;
using identity::Permission;
using Writes = std::vector<store::CatalogueWrite>;

Error no_such_user(std::string_view user) {
  return Error{.kind = Errc::not_found,
               .code = "user_unknown",
               .detail = fmt::format("there is no user {}", shown(user)),
               .hint = "xzepr admin user list shows all"};
}

Error password_wrong() {
  return Error{.kind = Errc::unauthenticated,
               .code = "login_refused",
               .detail = "the present password is wrong",
               .hint = "send it as current_password, or ask an administrator for a new one",
               .field = "current_password"};
}

Error last_admin(const identity::User& user) {
  return conflict("last_admin", fmt::format("{} is the last administrator", user.username),
                  "make another user an administrator first");
}

bool is_admin(const identity::User& user) { return user.enabled && user.roles.has(identity::Role::admin); }

// What an administrator wants to read later of a change.
std::string change_line(const identity::User& before, const identity::User& after) {
  std::string line;
  if (before.roles != after.roles)
    line += fmt::format("roles {} to {}; ", identity::roles_line(before.roles),
                        identity::roles_line(after.roles));
  if (before.enabled != after.enabled) line += after.enabled ? "enabled; " : "disabled; ";
  if (before.email != after.email) line += "email; ";
  if (before.display_name != after.display_name) line += "display_name; ";
  if (!line.empty()) line.resize(line.size() - 2);
  return line;
}

Task<Result<Writes>> if_permitted(Result<void> allowed, const Writes& writes) {
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  co_return writes;
}

}  // namespace

UserService::UserService(store::IdentityStore& identities, store::SessionStore& sessions,
                         store::CatalogueStore& catalogue_store, Catalogue& catalogue,
                         const CursorCodec& cursors, PasswordHasher& hasher, IdSource& ids,
                         telemetry::Log& log)
    : identities_(identities),
      sessions_(sessions),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      cursors_(cursors),
      hasher_(hasher),
      ids_(ids),
      audit_(ids, log) {}

Task<std::optional<identity::User>> UserService::find(const std::string& user, Deadline deadline) {
  if (const auto id = parse_id<UserId>(user)) co_return co_await identities_.find_user_by_id(*id, deadline);
  const auto name = clean_text(user, {});
  if (!name) co_return std::nullopt;
  co_return co_await identities_.find_user(*name, deadline);
}

Task<Result<void>> UserService::apply(const Context& context, DecideWrites decide) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(context.deadline);
    auto caller = co_await caller_at(context, revision, &identities_);
    if (!caller) co_return std::unexpected(std::move(caller).error());
    auto writes = co_await decide(**caller);
    if (!writes) co_return std::unexpected(std::move(writes).error());
    if (writes->empty()) co_return Result<void>();
    auto applied = co_await try_apply(catalogue_, catalogue_store_, revision, *writes, context.deadline);
    if (!applied) co_return std::unexpected(std::move(applied).error());
    if (!*applied) continue;
    for (const auto& write : *writes) {
      if (const auto* audit = std::get_if<store::PutAudit>(&write)) audit_.tell(audit->entry);
    }
    co_return Result<void>();
  }
  co_return std::unexpected(catalogue_too_busy());
}

Task<Result<identity::User>> UserService::create(const Context& context, NewUser request) {
  if (auto allowed = identity::require(*context.principal, Permission::user_manage); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  auto checked = check_new_user(std::move(request));
  if (!checked) co_return std::unexpected(std::move(checked).error());
  identity::User user{.id = UserId{ids_.next(context.now)},
                      .username = checked->username,
                      .email = checked->email,
                      .display_name = checked->display_name,
                      .roles = checked->roles,
                      .created_at = context.now};
  std::optional<std::string> hash;
  if (checked->password) {
    auto hashed = co_await hasher_.hash(*std::move(checked->password));
    if (!hashed) co_return std::unexpected(std::move(hashed).error());
    hash = *std::move(hashed);
  }
  auto entry = audit_.entry(context, {.action = AuditAction::user_created,
                                      .target = user.username,
                                      .detail = "roles " + identity::roles_line(user.roles)});
  Writes writes;
  writes.emplace_back(store::PutUser{user});
  if (hash) writes.emplace_back(store::PutPassword{.user_id = user.id, .hash = hash});
  writes.emplace_back(store::PutAudit{entry});
  const DecideWrites decide = [&](const identity::Principal& caller) {
    return if_permitted(identity::require(caller, Permission::user_manage), writes);
  };
  auto applied = co_await apply(context, decide);
  if (!applied) co_return std::unexpected(std::move(applied).error());
  co_return user;
}

Task<Result<identity::User>> UserService::get(const Context& context, std::string user) {
  const auto& caller = *context.principal;
  auto found = co_await find(user, context.deadline);
  const bool is_visible = found && (found->id == caller.user_id || manages_users(caller));
  if (!is_visible) co_return std::unexpected(no_such_user(user));
  co_return *std::move(found);
}

Task<Result<Page<identity::User>>> UserService::list(const Context& context, PageRequest page) {
  if (auto allowed = identity::require(*context.principal, Permission::user_manage); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  const QueryText text("users", context.principal->user_id);
  auto after = id_position_of<UserId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  auto rows = co_await identities_.list_users(*after, page.limit + 1, context.deadline);
  auto out = cut_page(std::move(rows), page, cursors_, text,
                      [](const identity::User& user) { return to_string(user.id); });
  if (page.wants_total) out.total = co_await identities_.count_users(context.deadline);
  co_return out;
}

Task<Result<Writes>> UserService::decide_change(const Context& context, const identity::Principal& caller,
                                                const std::string& user, const UserChange& request,
                                                identity::User& after) {
  if (auto allowed = identity::require(caller, Permission::user_manage); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  const auto before = co_await find(user, context.deadline);
  if (!before) co_return std::unexpected(no_such_user(user));
  if (auto allowed = may_change_user(caller, *before, request); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  after = with_change(*before, request);
  if (after == *before) co_return Writes{};
  if (is_admin(*before) && !is_admin(after)) {
    const bool has_other = co_await identities_.has_other_admin(before->id, context.deadline);
    if (!has_other) co_return std::unexpected(last_admin(*before));
  }
  Writes writes;
  writes.emplace_back(store::PutUser{after});
  if (changes_rights(*before, request))
    writes.emplace_back(store::EndSessions{.user_id = before->id, .only = {}, .at = context.now});
  writes.emplace_back(store::PutAudit{audit_.entry(context, {.action = AuditAction::user_changed,
                                                             .target = before->username,
                                                             .detail = change_line(*before, after)})});
  co_return writes;
}

Task<Result<identity::User>> UserService::change(const Context& context, std::string user,
                                                 UserChange request) {
  auto checked = check_user_change(std::move(request));
  if (!checked) co_return std::unexpected(std::move(checked).error());
  identity::User after;
  const DecideWrites decide = [&](const identity::Principal& caller) {
    return decide_change(context, caller, user, *checked, after);
  };
  auto applied = co_await apply(context, decide);
  if (!applied) co_return std::unexpected(std::move(applied).error());
  co_return after;
}

Task<Result<void>> UserService::verify_current(const Context& context, const identity::User& user,
                                               const NewPassword& password) {
  const auto login = co_await sessions_.find_login(user.username, context.deadline);
  const auto typed = identity::typed_password(password.current.value_or(""));
  std::string tried = typed.value_or("");
  std::string stored;
  if (login) stored = login->password_hash;
  auto verified = co_await hasher_.verify(std::move(tried), std::move(stored));
  if (!verified) co_return std::unexpected(std::move(verified).error());
  if (typed && *verified) co_return Result<void>();
  const auto entry = audit_.entry(context, {.action = AuditAction::password_changed,
                                            .outcome = identity::AuditOutcome::refused,
                                            .target = user.username,
                                            .detail = "the present password is wrong"});
  co_await sessions_.record(entry, context.deadline);
  audit_.tell(entry);
  co_return std::unexpected(password_wrong());
}

Task<Result<void>> UserService::set_password(const Context& context, std::string user, NewPassword request) {
  const auto& caller = *context.principal;
  const auto found = co_await find(user, context.deadline);
  const bool is_own = found && found->id == caller.user_id;
  if (!found || (!is_own && !manages_users(caller))) co_return std::unexpected(no_such_user(user));
  auto password = identity::check_new_password(request.password);
  if (!password) co_return std::unexpected(std::move(password).error());
  if (is_own) {
    auto verified = co_await verify_current(context, *found, request);
    if (!verified) co_return verified;
  }
  auto hash = co_await hasher_.hash(*std::move(password));
  if (!hash) co_return std::unexpected(std::move(hash).error());
  const auto entry =
      audit_.entry(context, {.action = AuditAction::password_changed, .target = found->username});
  Writes writes;
  writes.emplace_back(store::PutPassword{.user_id = found->id, .hash = *hash});
  writes.emplace_back(store::EndSessions{.user_id = found->id, .only = {}, .at = context.now});
  writes.emplace_back(store::PutAudit{entry});
  const DecideWrites decide = [&](const identity::Principal& now_caller) {
    Result<void> allowed;
    if (!is_own && !manages_users(now_caller)) allowed = std::unexpected(no_such_user(user));
    return if_permitted(std::move(allowed), writes);
  };
  co_return co_await apply(context, decide);
}

Task<Result<Page<identity::AuditEntry>>> UserService::list_audit(const Context& context, AuditFilter filter,
                                                                 PageRequest page) {
  if (auto allowed = identity::require(*context.principal, Permission::system_read); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  QueryText text("audit", context.principal->user_id);
  text.add("username", filter.username);
  text.add("action", filter.action ? std::optional(std::string(to_string(*filter.action))) : std::nullopt);
  text.add("outcome", filter.outcome ? std::optional(std::string(to_string(*filter.outcome))) : std::nullopt);
  text.add("since", filter.since);
  text.add("until", filter.until);
  auto after = id_position_of<AuditId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  store::AuditQuery query{.username = std::move(filter.username),
                          .action = filter.action,
                          .outcome = filter.outcome,
                          .since = filter.since,
                          .until = filter.until,
                          .after = *after,
                          .limit = page.limit + 1};
  auto rows = co_await sessions_.list_audit(query, context.deadline);
  auto out = cut_page(std::move(rows), page, cursors_, text,
                      [](const identity::AuditEntry& entry) { return to_string(entry.id); });
  if (page.wants_total) {
    query.after.reset();
    out.total = co_await sessions_.count_audit(std::move(query), context.deadline);
  }
  co_return out;
}

}  // namespace xzepr::service

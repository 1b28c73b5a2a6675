#include "identity/oidc/account.hpp"

#include "identity/oidc/refusal.hpp"
#include "identity/oidc/username.hpp"

namespace xzepr::identity::oidc {
namespace {

User user_of(const Vouched& vouched, std::string username, UserId id, TimePoint now) {
  return User{.id = id,
              .username = std::move(username),
              .email = vouched.identity.email,
              .display_name = vouched.identity.display_name,
              .roles = vouched.rights.roles,
              .enabled = true,
              .created_at = now};
}

Task<std::optional<User>> find_account(Accounts& accounts, const ForeignIdentity& identity,
                                       Deadline deadline) {
  co_return co_await accounts.find_by_identity(identity.issuer, identity.subject, deadline);
}

// nullopt when another node was faster: it is there now.
Task<Result<std::optional<User>>> make_account(Accounts& accounts, IdSource& ids, const Vouched& vouched,
                                               TimePoint now, Deadline deadline) {
  for (const auto& name : username_candidates(vouched.identity)) {
    auto user = user_of(vouched, name, UserId{ids.next(now)}, now);
    const auto making =
        co_await accounts.make(user, vouched.identity.issuer, vouched.identity.subject, deadline);
    if (making == Making::made) co_return user;
    if (making == Making::identity_taken) co_return std::nullopt;
  }
  co_return login_refused("every name that this person could have is taken here");
}

}  // namespace

Task<Result<User>> find_or_make_account(Accounts& accounts, IdSource& ids, const Vouched& vouched,
                                        TimePoint now, Deadline deadline) {
  auto found = co_await find_account(accounts, vouched.identity, deadline);
  if (!found) {
    auto made = co_await make_account(accounts, ids, vouched, now, deadline);
    if (!made) co_return std::unexpected(made.error());
    if (*made) co_return **std::move(made);
    found = co_await find_account(accounts, vouched.identity, deadline);
  }
  if (!found || !found->enabled) co_return login_refused("this account is disabled here");
  co_return *std::move(found);
}

Task<Result<User>> log_in_account(Accounts& accounts, IdSource& ids, const Vouched& vouched, TimePoint now,
                                  Deadline deadline) {
  auto found = co_await find_or_make_account(accounts, ids, vouched, now, deadline);
  if (found && found->roles != vouched.rights.roles) {
    co_await accounts.set_roles(found->id, vouched.rights.roles, deadline);
    found->roles = vouched.rights.roles;
  }
  co_return found;
}

}  // namespace xzepr::identity::oidc

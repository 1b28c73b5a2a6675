#include "service/provider_accounts.hpp"

#include <fmt/format.h>

#include "service/catalogue_change.hpp"

namespace xzepr::service {
namespace {

[[noreturn]] void give_up(const Error& error) { throw Fault(Fault::Kind::unavailable, error.detail); }

}  // namespace

Task<std::optional<identity::User>> ProviderAccounts::find(std::string issuer, std::string subject,
                                                           Deadline deadline) {
  co_return co_await identities_.find_user_by_identity(std::move(issuer), std::move(subject), deadline);
}

Task<std::optional<Error>> ProviderAccounts::apply(std::vector<store::CatalogueWrite> writes,
                                                   Deadline deadline) {
  for (int attempt = 0; attempt < change_attempts_max; ++attempt) {
    const std::int64_t revision = co_await catalogue_store_.revision(deadline);
    auto applied = co_await try_apply(catalogue_, catalogue_store_, revision, writes, deadline);
    if (!applied) co_return std::move(applied).error();
    if (*applied) co_return std::nullopt;
  }
  throw Fault(Fault::Kind::unavailable, "the catalogue changes all the time");
}

Task<AccountMade> ProviderAccounts::make(const Context& context, identity::User user, std::string issuer,
                                         std::string subject) {
  auto entry = audit_.entry(context, {.action = identity::AuditAction::user_created,
                                      .target = user.username,
                                      .detail = fmt::format("by the provider {}; roles {}", issuer,
                                                            identity::roles_line(user.roles))});
  std::vector<store::CatalogueWrite> writes;
  writes.emplace_back(store::PutUser{user});
  writes.emplace_back(
      store::PutUserIdentity{.user_id = user.id, .issuer = std::move(issuer), .subject = std::move(subject)});
  writes.emplace_back(store::PutAudit{entry});
  const auto refused = co_await apply(std::move(writes), context.deadline);
  if (refused && refused->code == "user_exists") co_return AccountMade::name_taken;
  if (refused && refused->code == "identity_exists") co_return AccountMade::identity_taken;
  if (refused) give_up(*refused);
  audit_.tell(entry);
  co_return AccountMade::made;
}

Task<> ProviderAccounts::set_roles(const Context& context, UserId id, identity::RoleSet roles) {
  auto user = co_await identities_.find_user_by_id(id, context.deadline);
  if (!user) throw Fault(Fault::Kind::unavailable, "the account is gone");
  auto entry = audit_.entry(
      context, {.action = identity::AuditAction::user_changed,
                .target = user->username,
                .detail = fmt::format("by its provider: roles {} to {}", identity::roles_line(user->roles),
                                      identity::roles_line(roles))});
  user->roles = roles;
  std::vector<store::CatalogueWrite> writes;
  writes.emplace_back(store::PutUser{*std::move(user)});
  writes.emplace_back(store::EndSessions{.user_id = id, .only = std::nullopt, .at = context.now});
  writes.emplace_back(store::PutAudit{entry});
  if (const auto refused = co_await apply(std::move(writes), context.deadline); refused) give_up(*refused);
  audit_.tell(entry);
}

}  // namespace xzepr::service

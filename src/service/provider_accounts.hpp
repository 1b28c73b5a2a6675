// The accounts of people whom a provider vouches for, as they are stored: found by issuer and subject only,
// made without a password, their roles as the provider gives them. One object per shard.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/audit_log.hpp"
#include "service/catalogue.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

enum class AccountMade : std::uint8_t { made, name_taken, identity_taken };

class ProviderAccounts {
 public:
  ProviderAccounts(store::IdentityStore& identities, store::CatalogueStore& catalogue_store,
                   Catalogue& catalogue, IdSource& ids, telemetry::Log& log)
      : identities_(identities), catalogue_store_(catalogue_store), catalogue_(catalogue), audit_(ids, log) {}

  [[nodiscard]] Task<std::optional<identity::User>> find(std::string issuer, std::string subject,
                                                         Deadline deadline);
  /// The user and its link, with its audit row, in one transaction; nothing unless name and link are both
  /// free. Throws Fault.
  [[nodiscard]] Task<AccountMade> make(const Context& context, identity::User user, std::string issuer,
                                       std::string subject);
  /// Ends the user's sessions in the same transaction, as every change of rights. Throws Fault.
  [[nodiscard]] Task<> set_roles(const Context& context, UserId user, identity::RoleSet roles);

 private:
  /// The store's refusal, when it has one.
  [[nodiscard]] Task<std::optional<Error>> apply(std::vector<store::CatalogueWrite> writes,
                                                 Deadline deadline);

  store::IdentityStore& identities_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  AuditLog audit_;
};

}  // namespace xzepr::service

// Which account here a person from a provider has. Issuer and subject decide, and nothing else: neither an
// address nor a name, which change hands, ever leads to an account that is there already.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "base/ulid.hpp"
#include "identity/api_key.hpp"
#include "identity/oidc/relying_party.hpp"

namespace xzepr::identity::oidc {

enum class Making : std::uint8_t { made, name_taken, identity_taken };

/// What is needed of the accounts. Each function may throw Fault.
class Accounts {
 public:
  virtual ~Accounts() = default;
  [[nodiscard]] virtual Task<std::optional<User>> find_by_identity(std::string issuer, std::string subject,
                                                                   Deadline deadline) = 0;
  /// The user, without a password, and its link, in one transaction; neither unless name and link are both
  /// free.
  [[nodiscard]] virtual Task<Making> make(User user, std::string issuer, std::string subject,
                                          Deadline deadline) = 0;
  [[nodiscard]] virtual Task<> set_roles(UserId user, RoleSet roles, Deadline deadline) = 0;
};

/// The account of that identity as it is, made with the provider's roles when there is none.
/// "oidc_login_refused" when it is disabled. On the caller's shard.
[[nodiscard]] Task<Result<User>> find_or_make_account(Accounts& accounts, IdSource& ids,
                                                      const Vouched& vouched, TimePoint now,
                                                      Deadline deadline);
/// The same, with exactly the roles that the provider gives at this login: what was taken away there ends
/// here.
[[nodiscard]] Task<Result<User>> log_in_account(Accounts& accounts, IdSource& ids, const Vouched& vouched,
                                                TimePoint now, Deadline deadline);

}  // namespace xzepr::identity::oidc

// Accounts and the audit log. A change of roles, enablement or password ends the user's sessions in the same
// transaction; API keys follow the user's rights as they are. The last enabled administrator stays. One
// object per shard.
#pragma once

#include <string>

#include "service/audit_log.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/page.hpp"
#include "service/password_hasher.hpp"
#include "service/user_check.hpp"
#include "store/session_store.hpp"

namespace xzepr::service {

struct NewPassword {
  std::string password;
  std::optional<std::string> current = std::nullopt;  ///< demanded of who changes their own
};

/// What a list of audit rows asks for.
struct AuditFilter {
  std::optional<std::string> username;
  std::optional<identity::AuditAction> action;
  std::optional<identity::AuditOutcome> outcome;
  std::optional<TimePoint> since, until;
};

class UserService {
 public:
  UserService(store::IdentityStore& identities, store::SessionStore& sessions,
              store::CatalogueStore& catalogue_store, Catalogue& catalogue, const CursorCodec& cursors,
              PasswordHasher& hasher, IdSource& ids, telemetry::Log& log);

  // All need user_manage, besides reading and giving a password to oneself. `user` is an id or a user name;
  // 404 "user_unknown".

  /// "user_exists" (409), "request_invalid", "field_invalid" for the password.
  [[nodiscard]] Task<Result<identity::User>> create(const Context& context, NewUser user);
  [[nodiscard]] Task<Result<identity::User>> get(const Context& context, std::string user);
  [[nodiscard]] Task<Result<Page<identity::User>>> list(const Context& context, PageRequest page);
  /// "permission_denied" for one's own roles or enablement, "last_admin" (409).
  [[nodiscard]] Task<Result<identity::User>> change(const Context& context, std::string user,
                                                    UserChange change);
  /// One's own needs the present one: "login_refused" when it is wrong.
  [[nodiscard]] Task<Result<void>> set_password(const Context& context, std::string user,
                                                NewPassword password);

  /// Newest first; needs system_read.
  [[nodiscard]] Task<Result<Page<identity::AuditEntry>>> list_audit(const Context& context,
                                                                    AuditFilter filter, PageRequest page);

 private:
  /// What a change writes, decided on the user and the caller's rights at one revision.
  using DecideWrites =
      std::function<Task<Result<std::vector<store::CatalogueWrite>>>(const identity::Principal& caller)>;

  [[nodiscard]] Task<std::optional<identity::User>> find(const std::string& user, Deadline deadline);
  [[nodiscard]] Task<Result<void>> apply(const Context& context, DecideWrites decide);
  [[nodiscard]] Task<Result<std::vector<store::CatalogueWrite>>> decide_change(
      const Context& context, const identity::Principal& caller, const std::string& user,
      const UserChange& request, identity::User& after);
  [[nodiscard]] Task<Result<void>> verify_current(const Context& context, const identity::User& user,
                                                  const NewPassword& password);

  store::IdentityStore& identities_;
  store::SessionStore& sessions_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  PasswordHasher& hasher_;
  IdSource& ids_;
  AuditLog audit_;
};

}  // namespace xzepr::service

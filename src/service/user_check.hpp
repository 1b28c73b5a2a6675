// What accounts may be, and who may change them how. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "identity/api_key.hpp"
#include "identity/principal.hpp"

namespace xzepr::service {

struct NewUser {
  std::string username;
  std::string email = {};
  std::string display_name = {};  ///< "": the user name
  identity::RoleSet roles = {};   ///< empty: user
  std::optional<std::string> password = std::nullopt;
};
/// nullopt: as it is.
struct UserChange {
  std::optional<std::string> email;
  std::optional<std::string> display_name;
  std::optional<identity::RoleSet> roles;
  std::optional<bool> enabled;
};

/// Cleans a user name in place: no white space, nothing that could be taken for an id or a role. Otherwise a
/// violation at /username.
void clean_username(std::string& username, std::vector<Violation>& faults);
/// In the form in which it is stored. "request_invalid" with all faults; "field_invalid" for the password.
[[nodiscard]] Result<NewUser> check_new_user(NewUser user);
[[nodiscard]] Result<UserChange> check_user_change(UserChange change);

/// Nobody changes their own roles or enablement (D12). "permission_denied".
[[nodiscard]] Result<void> may_change_user(const identity::Principal& caller, const identity::User& user,
                                           const UserChange& change);
/// Does the change take rights away or give them, so that what the user is logged in with must end?
[[nodiscard]] bool changes_rights(const identity::User& user, const UserChange& change);
[[nodiscard]] identity::User with_change(identity::User user, const UserChange& change);

}  // namespace xzepr::service

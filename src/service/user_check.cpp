#include "service/user_check.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "identity/password.hpp"
#include "json/object_reader.hpp"
#include "jsonschema/format.hpp"

namespace xzepr::service {
namespace {

void clean_line(std::string& text, std::string_view pointer, std::vector<Violation>& faults) {
  auto cleaned = clean_text(text, {.length_min = 0, .length_max = limits::name_length_max});
  if (cleaned) {
    text = *std::move(cleaned);
    return;
  }
  cleaned.error().pointer = pointer;
  faults.push_back(std::move(cleaned).error());
}

void clean_email(std::string& email, std::vector<Violation>& faults) {
  clean_line(email, "/email", faults);
  if (!email.empty() && !jsonschema::is_email(email))
    faults.push_back({.pointer = "/email", .keyword = "format", .message = "must be an e-mail address"});
}

}  // namespace

void clean_username(std::string& username, std::vector<Violation>& faults) {
  auto cleaned = clean_text(username, {.length_min = 1, .length_max = limits::name_length_max});
  if (!cleaned) {
    cleaned.error().pointer = "/username";
    faults.push_back(std::move(cleaned).error());
    return;
  }
  const bool is_ambiguous = cleaned->find(' ') != std::string::npos || cleaned->starts_with("role:") ||
                            parse_ulid(*cleaned).has_value();
  if (is_ambiguous) {
    faults.push_back({.pointer = "/username",
                      .keyword = "pattern",
                      .message = "must not hold spaces, begin with role: or look like an id"});
  }
  username = *std::move(cleaned);
}

Result<NewUser> check_new_user(NewUser user) {
  std::vector<Violation> faults;
  clean_username(user.username, faults);
  clean_email(user.email, faults);
  clean_line(user.display_name, "/display_name", faults);
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  if (user.password) {
    auto password = identity::check_new_password(*user.password);
    if (!password) return std::unexpected(std::move(password).error());
    user.password = *std::move(password);
  }
  if (user.display_name.empty()) user.display_name = user.username;
  if (user.roles.is_empty()) user.roles.add(identity::Role::user);
  return user;
}

Result<UserChange> check_user_change(UserChange change) {
  std::vector<Violation> faults;
  if (change.email) clean_email(*change.email, faults);
  if (change.display_name) clean_line(*change.display_name, "/display_name", faults);
  if (change.roles && change.roles->is_empty())
    faults.push_back({.pointer = "/roles", .keyword = "minItems", .message = "must name at least one role"});
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  return change;
}

bool changes_rights(const identity::User& user, const UserChange& change) {
  return (change.roles && *change.roles != user.roles) || (change.enabled && *change.enabled != user.enabled);
}

Result<void> may_change_user(const identity::Principal& caller, const identity::User& user,
                             const UserChange& change) {
  if (caller.user_id != user.id || !changes_rights(user, change)) return {};
  return std::unexpected(Error{.kind = Errc::forbidden,
                               .code = "permission_denied",
                               .detail = "nobody changes their own roles, or disables themselves",
                               .hint = "ask another administrator"});
}

identity::User with_change(identity::User user, const UserChange& change) {
  if (change.email) user.email = *change.email;
  if (change.display_name) user.display_name = *change.display_name;
  if (change.roles) user.roles = *change.roles;
  if (change.enabled) user.enabled = *change.enabled;
  return user;
}

}  // namespace xzepr::service

#include "identity/principal.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace xzepr::identity {
namespace {

constexpr std::string_view role_prefix = "role:";

bool has_role_named(const Principal& principal, std::string_view name) {
  if (const auto role = parse_role(name); role && principal.roles.has(*role)) return true;
  return std::ranges::find(principal.team_roles, name) != principal.team_roles.end();
}

bool belongs_to(const Principal& principal, const domain::Group& group) {
  return is_subject(principal, group.owner) ||
         std::ranges::any_of(group.members,
                             [&](const domain::Subject& member) { return is_subject(principal, member); });
}

bool belongs_to_a_group_of(const Principal& principal, const domain::Receiver& receiver,
                           const domain::Catalogue& catalogue) {
  return std::ranges::any_of(catalogue.groups_of(receiver.id),
                             [&](const domain::Group* group) { return belongs_to(principal, *group); });
}

}  // namespace

bool is_subject(const Principal& principal, const domain::Subject& subject) {
  const std::string_view text = subject.text;
  if (text.starts_with(role_prefix)) return has_role_named(principal, text.substr(role_prefix.size()));
  return parse_id<UserId>(text) == principal.user_id;
}

Result<void> require(const Principal& principal, Permission permission) {
  if (permits(principal.roles, permission)) return {};
  return std::unexpected(Error{.kind = Errc::forbidden,
                               .code = "permission_denied",
                               .detail = fmt::format("this needs the permission {}", to_string(permission)),
                               .hint = "use a key with a role that has it, or ask an administrator"});
}

bool sees_all(const Principal& principal) {
  return principal.roles.has(Role::admin) || principal.roles.has(Role::event_manager) ||
         principal.roles.has(Role::event_viewer);
}

bool may_see(const Principal& principal, const domain::Group& group) {
  return sees_all(principal) || belongs_to(principal, group);
}

bool may_see(const Principal& principal, const domain::Receiver& receiver,
             const domain::Catalogue& catalogue) {
  return sees_all(principal) || is_subject(principal, receiver.owner) ||
         belongs_to_a_group_of(principal, receiver, catalogue);
}

std::optional<std::vector<ReceiverId>> visible_receivers(const Principal& principal,
                                                         const domain::Catalogue& catalogue) {
  if (sees_all(principal)) return std::nullopt;
  std::vector<ReceiverId> visible;
  for (const auto& receiver : catalogue.receivers()) {
    if (may_see(principal, receiver, catalogue)) visible.push_back(receiver.id);
  }
  return visible;
}

bool may_post_to(const Principal& principal, const domain::Receiver& receiver,
                 const domain::Catalogue& catalogue) {
  if (principal.roles.has(Role::admin) || principal.roles.has(Role::event_manager)) return true;
  return principal.roles.has(Role::user) && belongs_to_a_group_of(principal, receiver, catalogue);
}

bool may_change(const Principal& principal, const domain::Subject& owner) {
  return principal.roles.has(Role::admin) || is_subject(principal, owner);
}

}  // namespace xzepr::identity

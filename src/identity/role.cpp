#include "identity/role.hpp"

#include <utility>

namespace xzepr::identity {
namespace {

bool manager_has(Permission permission) {
  return permission >= Permission::event_create && permission <= Permission::sink_manage;
}

bool viewer_has(Permission permission) {
  return permission == Permission::event_read || permission == Permission::receiver_read ||
         permission == Permission::group_read;
}

// Reads and creates events where it is a member; it must see the receivers and groups of those events too.
bool user_has(Permission permission) {
  return permission == Permission::event_create || viewer_has(permission);
}

bool role_permits(Role role, Permission permission) {
  switch (role) {
    case Role::admin: return true;
    case Role::event_manager: return manager_has(permission);
    case Role::event_viewer: return viewer_has(permission);
    case Role::user: return user_has(permission);
  }
  std::unreachable();
}

}  // namespace

std::string_view to_string(Permission permission) {
  switch (permission) {
    case Permission::none: return "none";
    case Permission::authenticated: return "authenticated";
    case Permission::event_create: return "event_create";
    case Permission::event_read: return "event_read";
    case Permission::event_update: return "event_update";
    case Permission::event_delete: return "event_delete";
    case Permission::receiver_create: return "receiver_create";
    case Permission::receiver_read: return "receiver_read";
    case Permission::receiver_update: return "receiver_update";
    case Permission::receiver_delete: return "receiver_delete";
    case Permission::group_create: return "group_create";
    case Permission::group_read: return "group_read";
    case Permission::group_update: return "group_update";
    case Permission::group_delete: return "group_delete";
    case Permission::sink_manage: return "sink_manage";
    case Permission::user_manage: return "user_manage";
    case Permission::role_manage: return "role_manage";
    case Permission::system_read: return "system_read";
  }
  std::unreachable();
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::admin: return "admin";
    case Role::event_manager: return "event_manager";
    case Role::event_viewer: return "event_viewer";
    case Role::user: return "user";
  }
  std::unreachable();
}

std::optional<Role> parse_role(std::string_view text) {
  for (const auto role : all_roles) {
    if (text == to_string(role)) return role;
  }
  return std::nullopt;
}

RoleSet RoleSet::intersect(RoleSet other) const {
  RoleSet both;
  both.bits_ = static_cast<std::uint8_t>(bits_ & other.bits_);
  return both;
}

bool permits(RoleSet roles, Permission permission) {
  if (permission == Permission::none || permission == Permission::authenticated) return true;
  for (const auto role : all_roles) {
    if (roles.has(role) && role_permits(role, permission)) return true;
  }
  return false;
}

std::vector<std::string_view> role_names(RoleSet roles) {
  std::vector<std::string_view> names;
  for (const auto role : all_roles) {
    if (roles.has(role)) names.push_back(to_string(role));
  }
  return names;
}

std::string roles_line(RoleSet roles) {
  std::string text;
  for (const auto name : role_names(roles)) {
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

std::vector<std::string_view> permission_names(RoleSet roles) {
  std::vector<std::string_view> names;
  const auto last = static_cast<unsigned>(Permission::system_read);
  for (auto i = static_cast<unsigned>(Permission::event_create); i <= last; ++i) {
    const auto permission = static_cast<Permission>(i);
    if (permits(roles, permission)) names.push_back(to_string(permission));
  }
  return names;
}

}  // namespace xzepr::identity

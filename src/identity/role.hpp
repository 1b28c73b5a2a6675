// Roles and what they permit. The table is the product's; nothing else decides it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xzepr::identity {

enum class Permission : std::uint8_t {
  none,  ///< open to everyone: health, documentation
  authenticated,
  event_create,
  event_read,
  event_update,
  event_delete,
  receiver_create,
  receiver_read,
  receiver_update,
  receiver_delete,
  group_create,
  group_read,
  group_update,
  group_delete,
  sink_manage,
  user_manage,
  role_manage,
  system_read,
};
[[nodiscard]] std::string_view to_string(Permission permission);

/// Values are bits of a RoleSet and are stored by name.
enum class Role : std::uint8_t { admin = 1, event_manager = 2, event_viewer = 4, user = 8 };
[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::optional<Role> parse_role(std::string_view text);

inline constexpr std::array all_roles = {Role::admin, Role::event_manager, Role::event_viewer, Role::user};

class RoleSet {
 public:
  constexpr RoleSet() = default;
  void add(Role role) { bits_ = static_cast<std::uint8_t>(bits_ | static_cast<std::uint8_t>(role)); }
  [[nodiscard]] bool has(Role role) const { return (bits_ & static_cast<std::uint8_t>(role)) != 0; }
  [[nodiscard]] bool is_empty() const { return bits_ == 0; }
  /// Only what both have: an API key never has more rights than its user.
  [[nodiscard]] RoleSet intersect(RoleSet other) const;
  friend bool operator==(RoleSet, RoleSet) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// Does any of these roles give the permission?
[[nodiscard]] bool permits(RoleSet roles, Permission permission);

/// Their names, in the order above.
[[nodiscard]] std::vector<std::string_view> role_names(RoleSet roles);
/// The same for people, "admin,user".
[[nodiscard]] std::string roles_line(RoleSet roles);
/// The names of what they permit, but for what everybody may.
[[nodiscard]] std::vector<std::string_view> permission_names(RoleSet roles);

}  // namespace xzepr::identity

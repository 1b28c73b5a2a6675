// From a provider's claims to rights here. What is not in a table grants nothing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/role.hpp"
#include "json/value.hpp"

namespace xzepr::identity::oidc {

struct RightsRule {
  std::string roles_claim;                                    ///< "" reads no roles
  std::map<std::string, Role, std::less<>> role_map;          ///< exact values of the claim
  std::optional<Role> default_role;                           ///< of whoever has none by the table
  std::string groups_claim;                                   ///< "" reads no groups
  std::map<std::string, std::string, std::less<>> group_map;  ///< exact values; the name that a team has here
};

struct Rights {
  RoleSet roles;
  /// Names that stand in "role:NAME", sorted, each once. Never a role of the product: a provider's group
  /// "admin" owns nothing of the administrators.
  std::vector<std::string> team_roles;

  friend bool operator==(const Rights&, const Rights&) = default;
};

/// The texts at `path`: an array's texts, or one text as it is (it is not split). The path is the name of a
/// member, names joined by dots ("realm_access.roles"; a member that has the dots in its own name comes
/// first), or a JSON Pointer. Everything else, the nested too, is no text. At most 1,000.
[[nodiscard]] std::vector<std::string_view> claim_texts(const json::Value& claims, std::string_view path);

/// Values are compared exactly: "admin " and "Admin" are not "admin". A group is named by the table, or by
/// itself without a slash in front when that is a name (1 to 100 characters of [A-Za-z0-9_.-]); others are
/// left out, since two of them could become one. At most 200 teams.
[[nodiscard]] Rights rights_of(const json::Value& claims, const RightsRule& rule);

}  // namespace xzepr::identity::oidc

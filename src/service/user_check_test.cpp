#include "service/user_check.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

TEST(UserCheck, ANewUserIsCleanedAndGetsTheLeastRole) {
  const auto user = check_new_user({.username = " ada ", .display_name = " Ada "});
  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->username, "ada");
  EXPECT_EQ(user->display_name, "Ada");
  EXPECT_TRUE(user->roles.has(identity::Role::user));
}

TEST(UserCheck, ANameIsNoIdNoRoleAndHasNoSpace) {
  for (const auto* name : {"", "a b", "role:admin", "01JE4Q8Z5X8R4B1T6V0N2M3K7D"})
    EXPECT_FALSE(check_new_user({.username = name}).has_value()) << name;
}

TEST(UserCheck, AChangeNeedsARoleAndAnAddress) {
  UserChange change{.email = "x", .display_name = {}, .roles = identity::RoleSet{}, .enabled = {}};
  EXPECT_EQ(places(check_user_change(change)),
            (std::vector<std::string>{"/email format", "/roles minItems"}));
}

TEST(UserCheck, OnlyRolesAndEnablementAreRights) {
  identity::User user;
  user.roles.add(identity::Role::user);
  UserChange name{.email = {}, .display_name = "x", .roles = user.roles, .enabled = true};
  EXPECT_FALSE(changes_rights(user, name));
  EXPECT_EQ(with_change(user, name).display_name, "x");
  name.enabled = false;
  EXPECT_TRUE(changes_rights(user, name));
}

}  // namespace xzepr::service

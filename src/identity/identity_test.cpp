#include <gtest/gtest.h>

#include "identity/api_key.hpp"
#include "identity/principal.hpp"

namespace xzepr::identity {
namespace {

Principal principal(Role role, std::uint8_t user = 1) {
  Principal made{.user_id = {Ulid{{user}}}, .username = "u"};
  made.roles.add(role);
  return made;
}

}  // namespace

TEST(Role, TableIsTheProducts) {
  RoleSet admin, manager, viewer, user;
  admin.add(Role::admin);
  manager.add(Role::event_manager);
  viewer.add(Role::event_viewer);
  user.add(Role::user);
  for (const auto permission : {Permission::user_manage, Permission::role_manage, Permission::system_read}) {
    EXPECT_TRUE(permits(admin, permission));
    EXPECT_FALSE(permits(manager, permission));
  }
  EXPECT_TRUE(permits(manager, Permission::sink_manage));
  EXPECT_TRUE(permits(manager, Permission::receiver_delete));
  EXPECT_TRUE(permits(viewer, Permission::event_read));
  EXPECT_FALSE(permits(viewer, Permission::event_create));
  EXPECT_TRUE(permits(user, Permission::event_create));
  EXPECT_FALSE(permits(user, Permission::group_create));
  EXPECT_FALSE(permits(RoleSet{}, Permission::event_read));
  EXPECT_TRUE(permits(RoleSet{}, Permission::none));
}

TEST(ApiKey, B24_WrongChecksumOrPrefixIsNotAKey) {
  const auto key = make_api_key();
  EXPECT_EQ(key.size(), 42U);
  EXPECT_EQ(parse_api_key(key), crypto::sha256(key));
  auto changed = key;
  changed[10] = changed[10] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(parse_api_key(changed));
  EXPECT_FALSE(parse_api_key("other_" + key.substr(6)));
  EXPECT_FALSE(parse_api_key(key + "x"));
  EXPECT_FALSE(parse_api_key(""));
}

TEST(Principal, MembersSeeTheirGroupsAndNobodyElsesDoes) {
  const ReceiverId mine{Ulid{{1}}}, theirs{Ulid{{2}}};
  domain::Group group{.id = {Ulid{{1}}},
                      .name = "g",
                      .receiver_ids = {mine},
                      .members = {domain::subject_of({Ulid{{7}}})},
                      .owner = {.text = "role:team"}};
  const domain::Catalogue catalogue(1, {{.id = mine, .name = "a"}, {.id = theirs, .name = "b"}}, {group});
  const auto member = principal(Role::user, 7);
  const auto stranger = principal(Role::user, 8);
  auto teammate = principal(Role::user, 9);
  teammate.team_roles = {"team"};
  EXPECT_TRUE(may_see(member, group));
  EXPECT_TRUE(may_see(teammate, group));
  EXPECT_FALSE(may_see(stranger, group));
  EXPECT_TRUE(may_post_to(member, *catalogue.find_receiver(mine), catalogue));
  EXPECT_FALSE(may_post_to(member, *catalogue.find_receiver(theirs), catalogue));
  EXPECT_FALSE(may_post_to(principal(Role::event_viewer, 7), *catalogue.find_receiver(mine), catalogue));
  EXPECT_EQ(visible_receivers(member, catalogue), std::vector<ReceiverId>{mine});
  EXPECT_FALSE(visible_receivers(principal(Role::event_viewer), catalogue));
}

TEST(Principal, ChangingNeedsOwnershipOrAdmin) {
  const auto owner = domain::subject_of({Ulid{{1}}});
  EXPECT_TRUE(may_change(principal(Role::event_manager, 1), owner));
  EXPECT_FALSE(may_change(principal(Role::event_manager, 2), owner));
  EXPECT_TRUE(may_change(principal(Role::admin, 2), owner));
  EXPECT_FALSE(require(principal(Role::event_viewer), Permission::event_create));
}

}  // namespace xzepr::identity

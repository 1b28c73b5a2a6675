#include "identity/oidc/rights.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

RightsRule rule_for(std::string claim) {
  return RightsRule{.roles_claim = std::move(claim),
                    .role_map = {{"admin", Role::admin}, {"viewer", Role::event_viewer}},
                    .default_role = std::nullopt,
                    .groups_claim = "groups",
                    .group_map = {{"/payments/deployers", "payments"}}};
}

RoleSet set_of(std::initializer_list<Role> roles) {
  RoleSet set;
  for (const auto role : roles) set.add(role);
  return set;
}

Rights rights_in(std::string_view claims, const RightsRule& rule) {
  return rights_of(*json::parse(claims), rule);
}

}  // namespace

TEST(Rights, C14TwentyShapesOfTheRoleClaimGiveWhatTheTableSaysAndNoMore) {
  struct Shape {
    const char* path;
    const char* claims;
    RoleSet expected;
  };
  const Shape shapes[] = {
      {"roles", R"({"roles": ["admin"]})", set_of({Role::admin})},
      {"roles", R"({"roles": "admin"})", set_of({Role::admin})},
      {"roles", R"({"roles": ["viewer", "admin", "viewer"]})", set_of({Role::admin, Role::event_viewer})},
      {"realm_access.roles", R"({"realm_access": {"roles": ["viewer"]}})", set_of({Role::event_viewer})},
      {"resource_access.my.app.roles", R"({"resource_access": {"my.app": {"roles": ["viewer"]}}})",
       set_of({Role::event_viewer})},
      {"https://a.example/roles", R"({"https://a.example/roles": ["viewer"]})", set_of({Role::event_viewer})},
      {"/a~1b/roles/0", R"({"a/b": {"roles": ["viewer"]}})", set_of({Role::event_viewer})},
      {"roles", R"({"roles": ["unheard-of", "viewer"]})", set_of({Role::event_viewer})},
      // and nothing by
      {"roles", R"({"roles": ["admin "]})", {}},
      {"roles", R"({"roles": [" admin"]})", {}},
      {"roles", R"({"roles": ["Admin", "ADMIN", "аdmin"]})", {}},
      {"roles", R"({"roles": "admin viewer"})", {}},
      {"roles", R"({"roles": "admin,viewer"})", {}},
      {"roles", R"({"roles": "[\"admin\"]"})", {}},
      {"roles", R"({"roles": [["admin"]]})", {}},
      {"roles", R"({"roles": [{"name": "admin"}]})", {}},
      {"roles", R"({"roles": {"admin": true}})", {}},
      {"roles", R"({"roles": {"0": "admin"}})", {}},
      {"roles", R"({"roles": true})", {}},
      {"roles", R"({"roles": null})", {}},
      {"roles", R"({"roles": [1, true, null]})", {}},
      {"roles", R"({"roles": []})", {}},
      {"roles", R"({"roles": ["event_manager", "user"]})", {}},
      {"roles", R"({"Roles": ["admin"]})", {}},
      {"roles", R"({"nested": {"roles": ["admin"]}})", {}},
      {"realm_access.roles", R"({"realm_access": ["admin"]})", {}},
      {"realm_access.roles", R"({"realm_access": "admin"})", {}},
      {"", R"({"": ["admin"]})", {}},
  };
  for (const auto& shape : shapes) {
    EXPECT_EQ(rights_in(shape.claims, rule_for(shape.path)).roles, shape.expected) << shape.claims;
  }
}

TEST(Rights, C14TheDefaultRoleIsForThoseWithoutAnother) {
  auto rule = rule_for("roles");
  rule.default_role = Role::user;
  EXPECT_EQ(rights_in(R"({})", rule).roles, set_of({Role::user}));
  EXPECT_EQ(rights_in(R"({"roles": ["admin "]})", rule).roles, set_of({Role::user}));
  EXPECT_EQ(rights_in(R"({"roles": ["viewer"]})", rule).roles, set_of({Role::event_viewer}));
}

TEST(Rights, GroupsBecomeTeams) {
  const auto rights = rights_in(
      R"({"groups": ["/qa", "qa", "sre.eu", "/payments/deployers", "/a/b", "two words", "", "/", 7]})",
      rule_for("roles"));
  EXPECT_EQ(rights.team_roles, (std::vector<std::string>{"payments", "qa", "sre.eu"}));
  EXPECT_TRUE(rights.roles.is_empty());
}

TEST(Rights, C14NoGroupTakesTheNameOfARole) {
  EXPECT_TRUE(
      rights_in(R"({"groups": ["admin", "/event_manager", "user"]})", rule_for("roles")).team_roles.empty());
}

TEST(Rights, CountsAreBounded) {
  std::string claims = R"({"groups": [)";
  for (int i = 0; i < 3'000; ++i) claims += "\"g" + std::to_string(i) + "\",";
  claims += R"("last"], "roles": [)";
  for (int i = 0; i < 3'000; ++i) claims += "\"r\",";
  claims += R"("admin"]})";
  const auto rights = rights_in(claims, rule_for("roles"));
  EXPECT_EQ(rights.team_roles.size(), 200U);
  EXPECT_TRUE(rights.roles.is_empty());
}

}  // namespace xzepr::identity::oidc

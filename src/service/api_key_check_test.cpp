#include "service/api_key_check.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using identity::Role;

class ApiKeyCheck : public World {
 protected:
  static identity::RoleSet roles(std::initializer_list<Role> list) {
    identity::RoleSet out;
    for (const Role role : list) out.add(role);
    return out;
  }
  Result<KeyGrant> ask(const identity::Principal& caller, const NewApiKey& request,
                       std::optional<TimePoint> own_expiry = std::nullopt) {
    identity::User target = store.users.at(caller.user_id);
    target.roles = target_roles;
    return grant({.caller = caller, .user = target, .request = request, .caller_key_expires_at = own_expiry});
  }
  identity::RoleSet target_roles = roles({Role::event_manager, Role::user});
};

}  // namespace

TEST_F(ApiKeyCheck, TellsEveryFaultAtOnce) {
  NewApiKey request;
  request.name = "a\nb";
  request.username = "role:x";
  request.rpm = 0;
  request.expires_at = at(100);
  EXPECT_EQ(places(check_new_api_key(request, at(100))),
            (std::vector<std::string>{"/name controlCharacters", "/username pattern", "/expires_at future",
                                      "/rpm minimum"}));
  for (const auto& name : {std::string("two words"), to_string(ids.next(at(0))), std::string()}) {
    request = {};
    request.username = name;
    EXPECT_EQ(code_of(check_new_api_key(request, at(0))), "request_invalid") << name;
  }
}

TEST_F(ApiKeyCheck, AKeyNeverMakesOneWithMoreRolesThanItHas) {
  identity::Principal caller = *user;
  caller.roles = roles({Role::user});
  EXPECT_EQ(ask(caller, {})->roles, roles({Role::user}));
  NewApiKey request;
  request.roles = roles({Role::event_manager});
  EXPECT_EQ(code_of(ask(caller, request)), "permission_denied");
  request.roles = roles({Role::admin});
  EXPECT_EQ(code_of(ask(caller, request)), "permission_denied");
}

TEST_F(ApiKeyCheck, AKeyNeverMakesOneThatIsFasterOrLivesLonger) {
  identity::Principal caller = *user;
  caller.roles = target_roles;
  NewApiKey request;
  request.rpm = 50;
  EXPECT_EQ(code_of(ask(caller, request)), "permission_denied");
  caller.rpm = 60;
  EXPECT_EQ(ask(caller, request)->rpm, 50U);
  EXPECT_EQ(ask(caller, {})->rpm, 60U);
  request = {};
  request.expires_at = at(20);
  EXPECT_EQ(code_of(ask(caller, request, at(10))), "permission_denied");
  EXPECT_EQ(ask(caller, request, at(30))->expires_at, at(20));
  EXPECT_EQ(ask(caller, {}, at(10))->expires_at, at(10));
}

TEST_F(ApiKeyCheck, AnAdministratorSetsRateAndEnd) {
  target_roles = roles({Role::admin});
  NewApiKey request;
  request.rpm = 5'000;
  request.expires_at = at(20);
  EXPECT_EQ(ask(*admin, request, at(10))->rpm, 5'000U);
  EXPECT_EQ(ask(*admin, request, at(10))->expires_at, at(20));
}

TEST_F(ApiKeyCheck, ADisabledUserGetsNone) {
  identity::User target = store.users.at(user->user_id);
  target.enabled = false;
  EXPECT_EQ(code_of(grant({.caller = *admin, .user = target, .request = {}, .caller_key_expires_at = {}})),
            "user_disabled");
}

}  // namespace xzepr::service

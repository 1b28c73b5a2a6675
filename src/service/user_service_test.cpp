#include "service/user_service.hpp"

#include "crypto/password_hash.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {

class Accounts : public World {
 protected:
  Accounts() { run(catalogue.refresh(store, soon())); }
  Result<identity::User> create(NewUser request, Caller caller = nullptr) {
    return run(users.create(as(caller ? caller : admin), std::move(request)));
  }
  Result<identity::User> change(const Caller& caller, const std::string& who, UserChange wanted) {
    return run(users.change(as(caller), who, std::move(wanted)));
  }
  static UserChange roles(identity::Role role) {
    identity::RoleSet only;
    only.add(role);
    return {.email = {}, .display_name = {}, .roles = only, .enabled = {}};
  }
  static UserChange enabled(bool is_enabled) {
    return {.email = {}, .display_name = {}, .roles = {}, .enabled = is_enabled};
  }
  SessionId given_session(const Caller& person) {
    const identity::Session session{.id = SessionId{ids.next(at(0))},
                                    .user_id = person->user_id,
                                    .created_at = at(0),
                                    .expires_at = at(10'000)};
    store.logins.sessions[session.id] = session;
    return session.id;
  }
  bool is_over(SessionId id) { return store.logins.sessions.at(id).ended_at.has_value(); }
  const identity::AuditEntry& last_audit() const { return store.logins.audit.back(); }
};

TEST_F(Accounts, AUserIsMadeWithAPasswordThatIsStoredAsAHash) {
  const auto made = create({.username = " ada ", .email = "ada@example.org", .password = "correct horse"});
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->username, "ada");
  EXPECT_EQ(made->display_name, "ada");
  EXPECT_TRUE(made->roles.has(identity::Role::user));
  EXPECT_TRUE(crypto::verify_password("correct horse", store.logins.passwords.at(made->id)));
  EXPECT_EQ(last_audit().action, identity::AuditAction::user_created);
  EXPECT_EQ(last_audit().target, "ada");
}

TEST_F(Accounts, WhatCannotBeAUserIsRefusedWithAllFaults) {
  EXPECT_EQ(places(create({.username = "a b", .email = "no address"})),
            (std::vector<std::string>{"/username pattern", "/email format"}));
  EXPECT_EQ(places(create({.username = "ada", .password = "password"})),
            (std::vector<std::string>{"/password common"}));
}

TEST_F(Accounts, OnlyWhoManagesUsersMakesAndChangesThem) {
  for (const auto& caller : {manager, viewer, user}) {
    EXPECT_EQ(code_of(create({.username = "ada"}, caller)), "permission_denied");
    EXPECT_EQ(code_of(change(caller, "vera", enabled(false))), "permission_denied");
    EXPECT_EQ(code_of(run(users.list(as(caller), {}))), "permission_denied");
    EXPECT_EQ(code_of(run(users.list_audit(as(caller), {}, {}))), "permission_denied");
    EXPECT_EQ(code_of(run(users.get(as(caller), "root"))), "user_unknown");
  }
  EXPECT_EQ(run(users.get(as(viewer), "vera"))->id, viewer->user_id);
  EXPECT_EQ(run(users.get(as(admin), to_string(viewer->user_id)))->username, "vera");
}

// D12.
TEST_F(Accounts, NobodyChangesTheirOwnRights) {
  EXPECT_EQ(code_of(change(admin, "root", enabled(false))), "permission_denied");
  EXPECT_EQ(code_of(change(admin, "root", roles(identity::Role::user))), "permission_denied");
  EXPECT_EQ(code_of(change(user, "ute", roles(identity::Role::admin))), "permission_denied");
  UserChange name{.email = {}, .display_name = "The Root", .roles = {}, .enabled = {}};
  EXPECT_EQ(change(admin, "root", name)->display_name, "The Root");
}

// D12.
TEST_F(Accounts, TheLastAdministratorStays) {
  const auto local = IdentityService::local_admin();
  EXPECT_EQ(code_of(change(local, "root", enabled(false))), "last_admin");
  EXPECT_EQ(code_of(change(local, "root", roles(identity::Role::user))), "last_admin");
  make_person("second", identity::Role::admin);
  EXPECT_TRUE(change(local, "root", enabled(false)).has_value());
  EXPECT_EQ(code_of(change(local, "second", enabled(false))), "last_admin");
}

// B03, D14: with the rights go the sessions, in the same transaction.
TEST_F(Accounts, AChangeOfRightsOrPasswordEndsTheSessions) {
  const auto one = given_session(viewer);
  const auto other = given_session(user);
  ASSERT_TRUE(change(admin, "vera", roles(identity::Role::user)).has_value());
  EXPECT_TRUE(is_over(one));
  EXPECT_FALSE(is_over(other));
  EXPECT_EQ(last_audit().detail, "roles event_viewer to user");
  ASSERT_TRUE(run(users.set_password(as(admin), "ute", {.password = "correct horse"})).has_value());
  EXPECT_TRUE(is_over(other));
  const auto third = given_session(stranger);
  UserChange email{.email = "sam@example.org", .display_name = {}, .roles = {}, .enabled = {}};
  ASSERT_TRUE(change(admin, "sam", email).has_value());
  EXPECT_FALSE(is_over(third));
}

TEST_F(Accounts, OnesOwnPasswordNeedsThePresentOne) {
  store.logins.passwords[viewer->user_id] = crypto::hash_password("correct horse");
  const auto set = [&](std::optional<std::string> current) {
    return code_of(run(
        users.set_password(as(viewer), "vera", {.password = "a new horse", .current = std::move(current)})));
  };
  EXPECT_EQ(set(std::nullopt), "login_refused");
  EXPECT_EQ(set("wrong horse"), "login_refused");
  EXPECT_EQ(last_audit().action, identity::AuditAction::password_changed);
  EXPECT_EQ(last_audit().outcome, identity::AuditOutcome::refused);
  EXPECT_EQ(set("correct horse"), "none");
  EXPECT_TRUE(crypto::verify_password("a new horse", store.logins.passwords[viewer->user_id]));
  EXPECT_EQ(code_of(run(users.set_password(as(viewer), "ute", {.password = "a new horse"}))), "user_unknown");
}

TEST_F(Accounts, TheAuditLogIsListedByPages) {
  for (const auto* name : {"a1", "a2", "a3"}) ASSERT_TRUE(create({.username = name}).has_value());
  const auto first = run(users.list_audit(as(admin), {}, {.limit = 2}));
  ASSERT_TRUE(first.has_value());
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].target, "a3");
  const auto second = run(users.list_audit(as(admin), {}, {.limit = 2, .after = first->next}));
  EXPECT_EQ(second->items.at(0).target, "a1");
  EXPECT_FALSE(second->next.has_value());
}

}  // namespace xzepr::service

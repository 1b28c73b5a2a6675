#include "service/provider_accounts.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

class ForeignAccounts : public World {
 protected:
  static constexpr const char* issuer = "https://idp.example";

  Context anonymous() const {
    return {
        .principal = nullptr, .deadline = soon(), .now = at(10), .request_id = "r", .address = "192.0.2.1"};
  }
  identity::User person(std::string name) {
    identity::User made{.id = UserId{ids.next(at(10))}, .username = std::move(name), .created_at = at(10)};
    made.roles.add(identity::Role::user);
    return made;
  }
  AccountMade make(std::string name, std::string subject) {
    const auto context = anonymous();
    return run(accounts.make(context, person(std::move(name)), issuer, std::move(subject)));
  }
  std::optional<identity::User> find(std::string subject) {
    return run(accounts.find(issuer, std::move(subject), soon()));
  }

  ProviderAccounts accounts{store, store, catalogue, ids, log};
};

TEST_F(ForeignAccounts, AreMadeWithTheirLinkAndAudited) {
  EXPECT_FALSE(find("s-1").has_value());
  EXPECT_EQ(make("grace", "s-1"), AccountMade::made);
  ASSERT_TRUE(find("s-1").has_value());
  EXPECT_EQ(find("s-1")->username, "grace");
  EXPECT_FALSE(find("s-2").has_value());
  EXPECT_EQ(store.logins.audit.back().action, identity::AuditAction::user_created);
  EXPECT_EQ(store.logins.audit.back().target, "grace");
}

// C12, C13: neither a name nor a link that is there is ever taken over.
TEST_F(ForeignAccounts, TakeNothingThatIsThere) {
  EXPECT_EQ(make("vera", "s-1"), AccountMade::name_taken);
  EXPECT_FALSE(find("s-1").has_value());
  EXPECT_EQ(make("grace", "s-1"), AccountMade::made);
  EXPECT_EQ(make("heidi", "s-1"), AccountMade::identity_taken);
  EXPECT_EQ(find("s-1")->username, "grace");
}

TEST_F(ForeignAccounts, LoseTheirSessionsWhenTheirRolesChange) {
  EXPECT_EQ(make("grace", "s-1"), AccountMade::made);
  const auto id = find("s-1")->id;
  identity::Session session{
      .id = SessionId{ids.next(at(10))}, .user_id = id, .created_at = at(10), .expires_at = at(1'000)};
  store.logins.sessions[session.id] = session;
  identity::RoleSet roles;
  roles.add(identity::Role::event_viewer);
  const auto context = anonymous();
  run(accounts.set_roles(context, id, roles));
  EXPECT_EQ(find("s-1")->roles, roles);
  EXPECT_TRUE(store.logins.sessions.at(session.id).ended_at.has_value());
  EXPECT_EQ(store.logins.audit.back().detail, "by its provider: roles user to event_viewer");
}

}  // namespace xzepr::service

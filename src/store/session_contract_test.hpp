// The contract of accounts' secrets, sessions, refresh tokens and the audit log.
#pragma once

#include <algorithm>

#include "store/catalogue_contract_test.hpp"

namespace xzepr::store::contract {

class SessionContract : public CatalogueContract {
 protected:
  SessionStore& sessions(std::size_t shard = 0) const { return *ports(shard).sessions; }
  identity::User given_user(const std::string& name) {
    auto user = make_user(name);
    apply({PutUser{user}});
    return user;
  }
  identity::AuditEntry entry(const std::string& username, identity::AuditAction action, int second = 0) {
    return {.id = AuditId{ids_.next(at(second))},
            .at = at(second),
            .action = action,
            .username = username,
            .target = "target",
            .detail = "a \"detail\"",
            .address = "192.0.2.1",
            .request_id = "r"};
  }
  static crypto::Sha256 hash(const std::string& text) { return crypto::sha256(text); }
  identity::Session given_session(const identity::User& user, const std::string& refresh) {
    identity::Session session{.id = SessionId{ids_.next(at(0))},
                              .user_id = user.id,
                              .team_roles = {"team \"a\"", "b"},
                              .created_at = at(0),
                              .expires_at = at(1'000)};
    run(sessions().open_session({.session = session,
                                 .secret_hash = hash(refresh),
                                 .audit = entry(user.username, identity::AuditAction::login)},
                                soon()));
    return session;
  }
  RefreshRotation rotation(const identity::Session& session, const std::string& from, const std::string& to,
                           int second = 10) {
    return {.session = session.id,
            .old_hash = hash(from),
            .new_hash = hash(to),
            .audit = entry("ada", identity::AuditAction::refresh, second)};
  }
  std::size_t audit_rows() { return run(sessions().list_audit({.limit = 100}, soon())).size(); }
};

TEST_P(SessionContract, ASessionComesBackWithItsUserAndFirstRefreshToken) {
  const auto ada = given_user("ada");
  const auto session = given_session(ada, "r1");
  const auto found = run(ports().identities->find_session(session.id, soon()));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->session, session);
  EXPECT_EQ(found->user, ada);
  const auto refresh = run(sessions().find_refresh_token(hash("r1"), soon()));
  ASSERT_TRUE(refresh.has_value());
  EXPECT_EQ(refresh->of.session, session);
  EXPECT_EQ(refresh->of.user, ada);
  EXPECT_FALSE(refresh->is_used);
  EXPECT_FALSE(run(sessions().find_refresh_token(hash("r2"), soon())).has_value());
  EXPECT_FALSE(run(ports().identities->find_session(SessionId{}, soon())).has_value());
}

// B01, B08: stored as a hash, used once.
TEST_P(SessionContract, ARefreshTokenIsUsedOnce) {
  const auto session = given_session(given_user("ada"), "r1");
  const auto first = rotation(session, "r1", "r2");
  EXPECT_TRUE(run(sessions().rotate(first, soon())));
  EXPECT_TRUE(run(sessions().find_refresh_token(hash("r1"), soon()))->is_used);
  EXPECT_FALSE(run(sessions().find_refresh_token(hash("r2"), soon()))->is_used);
  EXPECT_TRUE(run(sessions().rotate(first, soon())));  // the same one, tried again after an unknown end
  EXPECT_FALSE(run(sessions().rotate(rotation(session, "r1", "r3"), soon())));
  EXPECT_FALSE(run(sessions().find_refresh_token(hash("r3"), soon())).has_value());
  EXPECT_EQ(audit_rows(), 2U);
}

// G16
TEST_P(SessionContract, ATicketIsTakenOnce) {
  run(sessions().put_ticket(
      {.hash = hash("t"), .caller = "{\"a\": \"é\"}", .created_at = at(0), .expires_at = at(30)}, soon()));
  EXPECT_EQ(run(sessions().take_ticket(hash("u"), at(1), soon())), std::nullopt);
  EXPECT_EQ(run(sessions(1).take_ticket(hash("t"), at(29), soon()), 1), "{\"a\": \"é\"}");
  EXPECT_EQ(run(sessions().take_ticket(hash("t"), at(29), soon())), std::nullopt);
}

// G16
TEST_P(SessionContract, ATicketEnds) {
  const StreamTicketRecord first{.hash = hash("1"), .caller = "a", .created_at = at(0), .expires_at = at(30)};
  run(sessions().put_ticket(first, soon()));
  EXPECT_EQ(run(sessions().take_ticket(hash("1"), at(30), soon())), std::nullopt);
  run(sessions().put_ticket(first, soon()));
  run(sessions().put_ticket({.hash = hash("2"), .caller = "b", .created_at = at(30), .expires_at = at(60)},
                            soon()));
  EXPECT_EQ(run(sessions().take_ticket(hash("1"), at(1), soon())), std::nullopt) << "the next one swept it";
  EXPECT_EQ(run(sessions().take_ticket(hash("2"), at(31), soon())), "b");
}

// G16
TEST_P(SessionContract, OfManyWhoTakeATicketOneHasIt) {
  run(sessions().put_ticket({.hash = hash("t"), .caller = "c", .created_at = at(0), .expires_at = at(30)},
                            soon()));
  std::vector<std::future<std::optional<std::string>>> answers;
  for (std::size_t i = 0; i < 50; ++i) {
    const std::size_t shard = i % shard_count;
    answers.push_back(spawn(sessions(shard).take_ticket(hash("t"), at(1), soon()), shard));
  }
  EXPECT_EQ(std::ranges::count_if(answers, [](auto& answer) { return answer.get().has_value(); }), 1);
}

// B02.
TEST_P(SessionContract, OfManyRotationsAtOnceOneSucceeds) {
  const auto session = given_session(given_user("ada"), "r1");
  std::vector<std::future<bool>> answers;
  for (std::size_t i = 0; i < 50; ++i) {
    const std::size_t shard = i % shard_count;
    answers.push_back(
        spawn(sessions(shard).rotate(rotation(session, "r1", "next" + std::to_string(i)), soon()), shard));
  }
  EXPECT_EQ(std::ranges::count_if(answers, [](auto& answer) { return answer.get(); }), 1);
  EXPECT_EQ(audit_rows(), 2U);
}

// B03, B05.
TEST_P(SessionContract, ASessionThatIsOverRotatesNothing) {
  const auto ada = given_user("ada");
  const auto late = given_session(ada, "late");
  EXPECT_FALSE(run(sessions().rotate(rotation(late, "late", "x", 1'000), soon())));
  EXPECT_TRUE(run(sessions().rotate(rotation(late, "late", "x", 999), soon())));
  const auto one = given_session(ada, "one");
  const auto two = given_session(ada, "two");
  const auto before = revision();
  apply({EndSessions{.user_id = ada.id, .only = one.id, .at = at(5)}});
  EXPECT_GT(revision(), before);
  EXPECT_FALSE(run(sessions().rotate(rotation(one, "one", "y"), soon())));
  EXPECT_EQ(run(ports().identities->find_session(one.id, soon()))->session.ended_at, at(5));
  EXPECT_TRUE(run(sessions().rotate(rotation(two, "two", "z"), soon())));
  apply({EndSessions{.user_id = ada.id, .only = {}, .at = at(20)}});
  EXPECT_FALSE(run(sessions().rotate(rotation(two, "z", "zz", 30), soon())));
  EXPECT_EQ(run(ports().identities->find_session(one.id, soon()))->session.ended_at, at(5));
}

TEST_P(SessionContract, ARefreshTokenBelongsToItsSession) {
  const auto ada = given_user("ada");
  const auto one = given_session(ada, "one");
  given_session(ada, "two");
  EXPECT_FALSE(run(sessions().rotate(rotation(one, "two", "x"), soon())));
}

TEST_P(SessionContract, APasswordIsPutChangedAndTakenAway) {
  const auto ada = given_user("ada");
  EXPECT_EQ(run(sessions().find_login("ada", soon()))->password_hash, "");
  apply({PutPassword{.user_id = ada.id, .hash = "$argon2id$1"}});
  const auto login = run(sessions().find_login("ada", soon()));
  ASSERT_TRUE(login.has_value());
  EXPECT_EQ(login->user, ada);
  EXPECT_EQ(login->password_hash, "$argon2id$1");
  apply({PutUser{ada}});
  EXPECT_EQ(run(sessions().find_login("ada", soon()))->password_hash, "$argon2id$1");
  apply({PutPassword{.user_id = ada.id, .hash = std::nullopt}});
  EXPECT_EQ(run(sessions().find_login("ada", soon()))->password_hash, "");
  EXPECT_FALSE(run(sessions().find_login("bob", soon())).has_value());
}

// C12, C13.
TEST_P(SessionContract, AnIdentityLeadsToOneUser) {
  const auto ada = given_user("ada");
  const auto bob = given_user("bob");
  const PutUserIdentity link{.user_id = ada.id, .issuer = "https://idp", .subject = "s"};
  apply({link});
  apply({link});
  EXPECT_EQ(run(ports().identities->find_user_by_identity("https://idp", "s", soon())), ada);
  EXPECT_FALSE(run(ports().identities->find_user_by_identity("https://other", "s", soon())).has_value());
  const auto refused =
      try_apply({PutUserIdentity{.user_id = bob.id, .issuer = "https://idp", .subject = "s"}});
  ASSERT_TRUE(std::holds_alternative<Error>(refused));
  EXPECT_EQ(std::get<Error>(refused).code, "identity_exists");
}

TEST_P(SessionContract, UsersAreListedNewestFirstAndTheLastAdminIsKnown) {
  auto ada = given_user("ada");
  auto bob = given_user("bob");
  auto& identities = *ports().identities;
  EXPECT_EQ(run(identities.list_users({}, 10, soon())), (std::vector{bob, ada}));
  EXPECT_EQ(run(identities.list_users(bob.id, 10, soon())), (std::vector{ada}));
  EXPECT_EQ(run(identities.count_users(soon())), 2U);
  ada.roles.add(identity::Role::admin);
  bob.roles.add(identity::Role::admin);
  bob.enabled = false;
  apply({PutUser{ada}, PutUser{bob}});
  EXPECT_FALSE(run(identities.has_other_admin(ada.id, soon())));
  EXPECT_TRUE(run(identities.has_other_admin(bob.id, soon())));
}

// G24: a row that was written is found again, whole, by each of its filters.
TEST_P(SessionContract, TheAuditLogIsListedNewestFirstAndFiltered) {
  auto login = entry("ada", identity::AuditAction::login, 1);
  login.user_id = UserId{ids_.next(at(0))};
  auto refused = entry("bob", identity::AuditAction::login, 2);
  refused.outcome = identity::AuditOutcome::refused;
  const auto logout = entry("ada", identity::AuditAction::logout, 3);
  for (const auto& one : {login, refused}) run(sessions().record(one, soon()));
  apply({PutAudit{logout}});
  const auto list = [&](AuditQuery query) {
    query.limit = 10;
    EXPECT_EQ(run(sessions().count_audit(query, soon())), run(sessions().list_audit(query, soon())).size());
    return run(sessions().list_audit(query, soon()));
  };
  EXPECT_EQ(list({}), (std::vector{logout, refused, login}));
  EXPECT_EQ(list({.username = "ada"}), (std::vector{logout, login}));
  EXPECT_EQ(list({.action = identity::AuditAction::login}), (std::vector{refused, login}));
  EXPECT_EQ(list({.outcome = identity::AuditOutcome::refused}), (std::vector{refused}));
  EXPECT_EQ(list({.since = at(2), .until = at(3)}), (std::vector{refused}));
  EXPECT_EQ(list({.after = refused.id}), (std::vector{login}));
  const auto failures = run(sessions().count_login_failures("bob", "192.0.2.9", at(1), soon()));
  EXPECT_EQ(failures.of_username, 1U);
  EXPECT_EQ(failures.of_address, 0U);
  EXPECT_EQ(run(sessions().count_login_failures("ada", "192.0.2.1", at(1), soon())).of_address, 1U);
  EXPECT_EQ(run(sessions().count_login_failures("bob", "192.0.2.1", at(3), soon())).of_username, 0U);
}

TEST_P(SessionContract, OldAuditRowsGoOldestFirstAndNoMoreThanWanted) {
  std::vector<identity::AuditEntry> rows;
  for (int second = 1; second <= 6; ++second)
    rows.push_back(entry("ada", identity::AuditAction::login, second));
  for (const auto& one : rows) run(sessions().record(one, soon()));
  EXPECT_EQ(run(sessions().remove_audit(at(1), 10, soon())), 0U);
  EXPECT_EQ(run(sessions().remove_audit(at(5), 3, soon())), 3U);
  EXPECT_EQ(run(sessions().list_audit({.limit = 10}, soon())), (std::vector{rows[5], rows[4], rows[3]}));
  EXPECT_EQ(run(sessions().remove_audit(at(5), 3, soon())), 1U);
  EXPECT_EQ(run(sessions().list_audit({.limit = 10}, soon())), (std::vector{rows[5], rows[4]}));
  EXPECT_EQ(run(sessions().remove_audit(at(100), 2, soon())), 2U);
  EXPECT_EQ(run(sessions().remove_audit(at(100), 2, soon())), 0U);
}

}  // namespace xzepr::store::contract

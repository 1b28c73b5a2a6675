#include "service/rights.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class Rights : public World {
 protected:
  identity::ApiKey& key_of(const Caller& caller) { return store.keys.at(*caller->api_key_id); }
  identity::User& user_of(const Caller& caller) { return store.users.at(caller->user_id); }
};

}  // namespace

TEST_F(Rights, OfAKeyAreWhatKeyAndUserShare) {
  key_of(admin).roles = {};
  key_of(admin).roles.add(identity::Role::event_viewer);
  user_of(admin).roles.add(identity::Role::event_viewer);
  const auto principal = principal_of({.key = key_of(admin), .user = user_of(admin)}, 3, at(0));
  ASSERT_TRUE(principal.has_value());
  EXPECT_FALSE((*principal)->roles.has(identity::Role::admin));
  EXPECT_TRUE((*principal)->roles.has(identity::Role::event_viewer));
  EXPECT_EQ((*principal)->revision, 3);
}

TEST_F(Rights, AreNoneWhenExpiredRevokedOrDisabledAndTheAnswerIsTheSame) {
  const auto answer = [&](const identity::ApiKey& key, const identity::User& person) {
    const auto principal = principal_of({.key = key, .user = person}, 1, at(10));
    return principal ? std::string() : principal.error().detail + std::string(principal.error().code);
  };
  auto expired = key_of(user);
  expired.expires_at = at(10);
  auto revoked = key_of(user);
  revoked.revoked_at = at(5);
  auto disabled = user_of(user);
  disabled.enabled = false;
  EXPECT_NE(answer(expired, user_of(user)), "");
  EXPECT_EQ(answer(expired, user_of(user)), answer(revoked, user_of(user)));
  EXPECT_EQ(answer(expired, user_of(user)), answer(key_of(user), disabled));
  EXPECT_EQ(answer(key_of(user), user_of(user)), "");
}

TEST_F(Rights, AreReadAgainOnlyWhenTheCatalogueHasMovedOn) {
  key_of(user).revoked_at = at(1);
  const auto same = run(caller_at(as(user), user->revision, &store));
  EXPECT_TRUE(same.has_value());
  const auto moved = run(caller_at(as(user), user->revision + 1, &store));
  EXPECT_EQ(code_of(moved), "credentials_invalid");
  EXPECT_TRUE(run(caller_at(as(user), user->revision + 1, nullptr)).has_value());
}

TEST_F(Rights, OfACallerWithoutAKeyAreAsKnown) {
  const auto local = IdentityService::local_admin();
  EXPECT_EQ(*run(caller_at(as(local), 99, &store)), local);
}

TEST_F(Rights, OfADeletedKeyAreNone) {
  store.keys.erase(*user->api_key_id);
  EXPECT_EQ(code_of(run(caller_at(as(user), 99, &store))), "credentials_invalid");
}

// A provider's token has no row here; its user has.
TEST_F(Rights, OfABearerTokenEndWithItsUser) {
  const auto caller =
      principal_of(ProviderBearer{.user = user_of(user), .roles = {}, .team_roles = {}, .expires_at = {}}, 1);
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*run(caller_at(as(*caller), 99, &store)))->revision, 99);
  user_of(user).enabled = false;
  EXPECT_EQ(code_of(run(caller_at(as(*caller), 99, &store))), "credentials_invalid");
  EXPECT_TRUE(run(caller_at(as(*caller), 1, &store)).has_value()) << "known at this revision";
}

TEST_F(Rights, EndWithTheCredentialAndWithTheToken) {
  auto key = key_of(user);
  key.expires_at = at(100);
  const auto caller = principal_of({.key = key, .user = user_of(user)}, 1, at(10));
  EXPECT_EQ((*caller)->expires_at, at(100));
  EXPECT_EQ((*ending_by(caller, at(50)))->expires_at, at(50));
  EXPECT_EQ((*ending_by(caller, at(200)))->expires_at, at(100));
  EXPECT_EQ((*ending_by(user, at(200)))->expires_at, at(200)) << "a key without an end";
}

}  // namespace xzepr::service

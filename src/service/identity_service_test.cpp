#include "service/identity_service.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using identity::Role;

class Identities : public World {
 protected:
  Result<Caller> authenticate(const std::string& clear, TimePoint now = at(100)) {
    return run(identities.authenticate(clear, now, soon()));
  }
  Result<ApiKeyCreated> make(const Caller& caller, NewApiKey request) {
    const Context context = as(caller);
    return run(identities.create_api_key(context, std::move(request)));
  }
  std::string given_key(const Caller& caller) {
    const auto made = make(caller, {});
    EXPECT_TRUE(made.has_value()) << code_of(made);
    return made->clear;
  }
  Result<void> revoke(const Caller& caller, ApiKeyId id) {
    const Context context = as(caller);
    return run(identities.revoke_api_key(context, id));
  }
  static NewApiKey key_for(const std::string& username) {
    NewApiKey request;
    request.username = username;
    return request;
  }
};

}  // namespace

TEST_F(Identities, AKeySpeaksForItsUser) {
  const auto principal = authenticate(given_key(user));
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ((*principal)->user_id, user->user_id);
  EXPECT_EQ((*principal)->username, "ute");
  EXPECT_TRUE((*principal)->roles.has(Role::user));
  EXPECT_EQ((*principal)->revision, store.catalogue_revision);
}

TEST_F(Identities, WhatCannotBeAKeyNeverReachesTheStore) {
  for (const auto* text : {"", "xzepr_", "Bearer x", "xzepr_000000000000000000000000000000000000"}) {
    EXPECT_EQ(code_of(authenticate(text)), "credentials_invalid") << text;
  }
  EXPECT_EQ(store.credential_reads, 0);
}

TEST_F(Identities, TheAnswerIsTheSameWhateverIsWrong) {
  const auto clear = given_key(user);
  const auto made = make(user, {});
  ASSERT_TRUE(revoke(user, made->key.id).has_value());
  const auto unknown = authenticate(identity::make_api_key());
  const auto revoked = authenticate(made->clear);
  elsewhere([&] { store.users.at(user->user_id).enabled = false; });
  run(catalogue.refresh(store, soon()));
  const auto disabled = authenticate(clear);
  for (const auto* answer : {&unknown, &revoked, &disabled}) {
    EXPECT_EQ(kind_of(*answer), Errc::unauthenticated);
    EXPECT_EQ(answer->error().detail, unknown.error().detail);
    EXPECT_EQ(answer->error().hint, unknown.error().hint);
  }
}

TEST_F(Identities, AVerifiedKeyIsReadOnceUntilTheCatalogueMovesOn) {
  const auto clear = given_key(user);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(authenticate(clear).has_value());
  EXPECT_EQ(store.credential_reads, 1);
  store.bump();
  run(catalogue.refresh(store, soon()));
  ASSERT_TRUE(authenticate(clear).has_value());
  EXPECT_EQ(store.credential_reads, 2);
  ASSERT_TRUE(authenticate(clear, at(161)).has_value());
  EXPECT_EQ(store.credential_reads, 3);
}

TEST_F(Identities, ARevokedKeyIsRefusedAtTheNextRequest) {
  const auto made = make(user, {});
  ASSERT_TRUE(authenticate(made->clear).has_value());
  ASSERT_TRUE(revoke(user, made->key.id).has_value());
  EXPECT_EQ(code_of(authenticate(made->clear)), "credentials_invalid");
  EXPECT_TRUE(revoke(user, made->key.id).has_value());
}

TEST_F(Identities, ExpiryCountsAlsoWhileTheKeyIsCached) {
  NewApiKey request;
  request.expires_at = at(150);
  const auto made = make(user, request);
  EXPECT_TRUE(authenticate(made->clear, at(149)).has_value());
  EXPECT_EQ(code_of(authenticate(made->clear, at(150))), "credentials_invalid");
}

TEST_F(Identities, AnUnknownKeyIsRememberedForASecondAndNotBeyondAChange) {
  run(catalogue.refresh(store, soon()));
  const auto clear = identity::make_api_key();
  EXPECT_FALSE(authenticate(clear, at(0)).has_value());
  EXPECT_FALSE(authenticate(clear, at(0)).has_value());
  EXPECT_EQ(store.credential_reads, 1);
  EXPECT_FALSE(authenticate(clear, at(1)).has_value());
  EXPECT_EQ(store.credential_reads, 2);
  store.keys.at(*user->api_key_id).hash = *identity::parse_api_key(clear);
  store.bump();
  run(catalogue.refresh(store, soon()));
  EXPECT_TRUE(authenticate(clear, at(1)).has_value());
}

// B28.
TEST_F(Identities, UseIsWrittenInTheBackground) {
  const auto made = make(user, {});
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(authenticate(made->clear).has_value());
  run(identities.flush_touches(at(160), soon()));
  run(identities.flush_touches(at(220), soon()));
  ASSERT_EQ(store.touched.size(), 1U);
  EXPECT_EQ(store.touched[0], (std::pair{made->key.id, at(160)}));
}

// B29. The command line is the way back in, and has no bound.
TEST_F(Identities, AUserHasSoManyLiveKeysAndNoMore) {
  for (std::size_t i = 1; i < limits::live_api_keys_per_user_max; ++i) {
    identity::ApiKey key;
    key.id = ApiKeyId{ids.next(at(0))};
    key.user_id = user->user_id;
    store.keys[key.id] = key;
  }
  EXPECT_EQ(code_of(make(user, {})), "api_keys_too_many");
  EXPECT_EQ(code_of(make(admin, key_for("ute"))), "api_keys_too_many");
  EXPECT_TRUE(make(IdentityService::local_admin(), key_for("ute")).has_value());
  EXPECT_TRUE(make(viewer, {}).has_value());
  for (int i = 500; i < 502; ++i)
    ASSERT_TRUE(revoke(user, std::next(store.keys.begin(), i)->first).has_value());
  EXPECT_TRUE(make(user, {}).has_value());
}

TEST_F(Identities, OwnKeysNeedNoPermissionOthersDo) {
  EXPECT_TRUE(make(viewer, key_for("vera")).has_value());
  EXPECT_EQ(code_of(make(viewer, key_for("ute"))), "permission_denied");
  EXPECT_EQ(make(admin, key_for("ute"))->user.id, user->user_id);
  EXPECT_EQ(code_of(make(admin, key_for("nobody"))), "user_unknown");
  EXPECT_EQ(code_of(make(IdentityService::local_admin(), {})), "field_invalid");
}

TEST_F(Identities, AUserIsMadeWhenAskedFor) {
  NewApiKey request = key_for("newcomer");
  request.make_user = true;
  request.roles.add(Role::event_manager);
  const auto made = make(IdentityService::local_admin(), request);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(store.users.at(made->user.id).username, "newcomer");
  EXPECT_TRUE((*authenticate(made->clear))->roles.has(Role::event_manager));
  EXPECT_EQ(made->key.prefix, made->clear.substr(0, 12));
  const auto again = make(IdentityService::local_admin(), request);
  EXPECT_EQ(again->user.id, made->user.id);
}

TEST_F(Identities, TwoNodesMakingTheSameUserAtOnceMakeOne) {
  NewApiKey request = key_for("newcomer");
  request.make_user = true;
  const auto people = store.users.size();
  store.before_write = [&] { EXPECT_TRUE(make(IdentityService::local_admin(), request).has_value()); };
  EXPECT_TRUE(make(IdentityService::local_admin(), request).has_value());
  EXPECT_EQ(store.users.size(), people + 1);
}

TEST_F(Identities, ADefaultReceiverMustBeVisible) {
  const auto receiver = given_receiver("scan");
  NewApiKey request;
  request.default_receiver = "scan";
  EXPECT_EQ(make(manager, request)->key.default_receiver, receiver.id);
  const auto refused = make(stranger, request);
  EXPECT_EQ(code_of(refused), "receiver_unknown");
  EXPECT_EQ(refused.error().field, "default_receiver");
}

TEST_F(Identities, OthersKeysAreInvisibleWithoutUserManage) {
  const auto made = make(user, {});
  EXPECT_EQ(code_of(revoke(stranger, made->key.id)), "api_key_unknown");
  EXPECT_EQ(code_of(revoke(admin, ApiKeyId{})), "api_key_unknown");
  const auto own = run(identities.list_api_keys(as(user), std::nullopt, PageRequest{}));
  EXPECT_EQ(own->items.size(), 2U);
  EXPECT_EQ(code_of(run(identities.list_api_keys(as(user), "vera", PageRequest{}))), "permission_denied");
  EXPECT_EQ(run(identities.list_api_keys(as(admin), "ute", PageRequest{}))->items.size(), 2U);
  EXPECT_EQ(run(identities.list_api_keys(as(admin), std::nullopt, PageRequest{}))->items.size(),
            store.keys.size());
  EXPECT_EQ(code_of(run(identities.list_api_keys(as(admin), "nobody", PageRequest{}))), "user_unknown");
  EXPECT_TRUE(revoke(admin, made->key.id).has_value());
}

TEST_F(Identities, BootstrapMakesOneAdministratorAlsoFromTwoNodes) {
  EXPECT_EQ(code_of(run(identities.bootstrap(at(0), soon()))), "admin_exists");
  store.users.clear();
  store.keys.clear();
  store.before_write = [&] { EXPECT_TRUE(run(identities.bootstrap(at(0), soon())).has_value()); };
  EXPECT_EQ(code_of(run(identities.bootstrap(at(0), soon()))), "admin_exists");
  EXPECT_EQ(store.users.size(), 1U);
  EXPECT_EQ(store.users.begin()->second.username, "admin");
}

TEST_F(Identities, TheFirstKeyIsAnAdministrators) {
  store.users.clear();
  store.keys.clear();
  const auto made = run(identities.bootstrap(at(0), soon()));
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE((*authenticate(made->clear))->roles.has(Role::admin));
}

}  // namespace xzepr::service

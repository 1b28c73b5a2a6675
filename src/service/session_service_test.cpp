#include "service/session_service.hpp"

#include <thread>

#include "crypto/password_hash.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {

class Logins : public World {
 protected:
  Logins() {
    const auto key = crypto::SignKey::generate(crypto::SignatureKind::ed25519);
    keys.put(std::make_shared<identity::SigningKeys>(key));
    store.logins.passwords[viewer->user_id] = crypto::hash_password("correct horse");
    run(catalogue.refresh(store, soon()));
  }

  Context anonymous(std::int64_t second = 10) const {
    return {.principal = nullptr,
            .deadline = soon(),
            .now = at(second),
            .request_id = "r",
            .address = "192.0.2.1"};
  }
  Result<Tokens> log_in(std::string password = "correct horse", std::string name = "vera",
                        std::int64_t second = 10) {
    const auto context = anonymous(second);
    return run(sessions.log_in(context, {.username = std::move(name), .password = std::move(password)}));
  }
  Result<Tokens> refresh(const Tokens& tokens, std::int64_t second = 20) {
    const auto context = anonymous(second);
    return run(sessions.refresh(
        context, {.access_token = tokens.access_token, .refresh_token = tokens.refresh_token}));
  }
  Result<Caller> who(const Tokens& tokens, std::int64_t second = 20) {
    return run(sessions.authenticate(tokens.access_token, at(second), soon()));
  }
  const identity::AuditEntry& last_audit() const { return store.logins.audit.back(); }
  Context as_session(const Tokens& tokens) {
    auto context = anonymous();
    context.principal = who(tokens).value();
    return context;
  }
};

TEST_F(Logins, APasswordGivesTokensThatSpeakForTheUser) {
  const auto tokens = log_in();
  ASSERT_TRUE(tokens.has_value());
  EXPECT_EQ(tokens->expires_in, std::chrono::seconds{900});
  EXPECT_EQ(tokens->expires_at, at(910));
  const auto caller = who(*tokens);
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*caller)->user_id, viewer->user_id);
  EXPECT_EQ((*caller)->username, "vera");
  EXPECT_EQ((*caller)->roles, viewer->roles);
  EXPECT_TRUE((*caller)->session_id.has_value());
  EXPECT_EQ(last_audit().action, identity::AuditAction::login);
  EXPECT_EQ(last_audit().outcome, identity::AuditOutcome::succeeded);
  EXPECT_EQ(last_audit().address, "192.0.2.1");
}

// B14: the same answer, whatever it is.
TEST_F(Logins, EveryRefusalIsTheSame) {
  store.logins.passwords[user->user_id] = store.logins.passwords[viewer->user_id];
  store.users[user->user_id].enabled = false;
  const auto wrong = log_in("wrong horse");
  for (const auto& [password, name] :
       {std::pair("correct horse", "nobody"), std::pair("correct horse", "ute"), std::pair("", "vera"),
        std::pair("correct horse", "mia"), std::pair("correct horse", ""),
        std::pair("correct horse ", "vera"), std::pair("\xff", "vera")}) {
    const auto refused = log_in(password, name);
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_EQ(refused.error().code, "login_refused");
    EXPECT_EQ(refused.error().detail, wrong.error().detail);
    EXPECT_EQ(last_audit().outcome, identity::AuditOutcome::refused);
  }
}

TEST_F(Logins, NoSecretIsStoredOrSaid) {
  const auto tokens = log_in();
  ASSERT_TRUE(tokens.has_value());
  EXPECT_TRUE(store.logins.refresh_tokens.contains(crypto::sha256(tokens->refresh_token)));
  EXPECT_GE(tokens->refresh_token.size(), 4U + 43U);  // 32 random bytes (B08)
  for (const auto& entry : store.logins.audit)
    EXPECT_EQ((entry.username + entry.target + entry.detail).find("horse"), std::string::npos);
}

TEST_F(Logins, ARefreshGivesBothTokensAnew) {
  const auto first = log_in().value();
  const auto second = refresh(first, 2'000);  // the access token has long expired
  ASSERT_TRUE(second.has_value());
  EXPECT_NE(second->refresh_token, first.refresh_token);
  EXPECT_TRUE(who(*second, 2'000).has_value());
  EXPECT_FALSE(who(first, 2'000).has_value());
  EXPECT_TRUE(refresh(*second, 2'010).has_value());
}

// B01, B04.
TEST_F(Logins, ARefreshTokenUsedTwiceEndsTheWholeFamily) {
  const auto first = log_in().value();
  const auto second = refresh(first).value();
  EXPECT_EQ(code_of(refresh(first)), "refresh_refused");
  EXPECT_EQ(last_audit().action, identity::AuditAction::session_revoked);
  EXPECT_EQ(code_of(refresh(second)), "refresh_refused");
  EXPECT_EQ(code_of(who(second)), "credentials_invalid");
}

// B02: somebody was faster between the look and the write.
TEST_F(Logins, ALostRaceCountsAsUsedTwice) {
  const auto tokens = log_in().value();
  store.logins.before_rotation = [&] {
    store.logins.refresh_tokens.at(crypto::sha256(tokens.refresh_token)).is_used = true;
  };
  EXPECT_EQ(code_of(refresh(tokens)), "refresh_refused");
  EXPECT_EQ(code_of(who(tokens)), "credentials_invalid");
}

// B03.
TEST_F(Logins, NothingIsRefreshedAfterTheSessionOrTheUserEnded) {
  const auto gone = log_in().value();
  ASSERT_TRUE(run(sessions.log_out(as_session(gone))).has_value());
  EXPECT_EQ(code_of(refresh(gone)), "refresh_refused");
  const auto disabled = log_in().value();
  store.users[viewer->user_id].enabled = false;
  EXPECT_EQ(code_of(refresh(disabled)), "refresh_refused");
}

// B05: rotation does not make a session older than it may get.
TEST_F(Logins, ASessionEndsForGoodAfterItsLifetime) {
  auto tokens = log_in().value();
  constexpr std::int64_t day = 86'400;
  for (std::int64_t at_day = 1; at_day <= 6; ++at_day) tokens = refresh(tokens, at_day * day).value();
  const auto last = refresh(tokens, 7 * day + 5);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->expires_in, std::chrono::seconds{5});  // the access token neither
  EXPECT_EQ(code_of(refresh(*last, 7 * day + 10)), "refresh_refused");
}

// B07.
TEST_F(Logins, BothTokensMustBeOfOneSession) {
  store.logins.passwords[user->user_id] = crypto::hash_password("another horse");
  const auto hers = log_in().value();
  const auto his = log_in("another horse", "ute").value();
  const auto other = log_in().value();
  for (const auto* foreign : {&his, &other}) {
    EXPECT_EQ(code_of(refresh({.access_token = hers.access_token,
                               .refresh_token = foreign->refresh_token,
                               .expires_at = {},
                               .expires_in = {},
                               .user = {}})),
              "refresh_refused");
  }
  EXPECT_EQ(code_of(refresh({.access_token = "",
                             .refresh_token = hers.refresh_token,
                             .expires_at = {},
                             .expires_in = {},
                             .user = {}})),
            "refresh_refused");
  EXPECT_TRUE(refresh(hers).has_value());  // the attempts used nothing up
  EXPECT_TRUE(refresh(his).has_value());
}

// A12, A19.
TEST_F(Logins, WhatATokenMayDoIsWhatItsUserMayDoNow) {
  const auto tokens = log_in().value();
  EXPECT_TRUE((*who(tokens))->roles.has(identity::Role::event_viewer));
  auto& person = store.users[viewer->user_id];
  person.roles = {};
  person.roles.add(identity::Role::user);
  ++store.catalogue_revision;  // as every change of a user does
  run(catalogue.refresh(store, soon()));
  EXPECT_FALSE((*who(tokens))->roles.has(identity::Role::event_viewer));
  ASSERT_TRUE(run(sessions.log_out(as_session(tokens))).has_value());
  EXPECT_EQ(code_of(who(tokens)), "credentials_invalid");
}

TEST_F(Logins, AKeyThatIsUnknownIsLookedForOnce) {
  const auto tokens = log_in().value();
  const auto signing = keys.keys();
  keys.put(
      std::make_shared<identity::SigningKeys>(crypto::SignKey::generate(crypto::SignatureKind::ed25519)));
  int asked = 0;
  keys.set_source([&](identity::Look look) {
    EXPECT_EQ(look, identity::Look::wanted);
    ++asked;
    keys.put(signing);
    return identity::Asked::answered;
  });
  EXPECT_TRUE(who(tokens).has_value());
  EXPECT_EQ(asked, 1);
}

TEST_F(Logins, AKeyThatComesLaterIsWaitedFor) {
  const auto tokens = log_in().value();
  const auto signing = keys.keys();
  keys.put(
      std::make_shared<identity::SigningKeys>(crypto::SignKey::generate(crypto::SignatureKind::ed25519)));
  std::thread later;
  keys.set_source([&](identity::Look) {
    later = std::thread([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      keys.put(signing);
    });
    return identity::Asked::under_way;
  });
  EXPECT_TRUE(who(tokens).has_value());
  later.join();
}

TEST_F(Logins, WithoutAKeyThereAreNoTokens) {
  keys.put(nullptr);
  EXPECT_EQ(code_of(log_in()), "tokens_unavailable");
  EXPECT_EQ(code_of(run(sessions.authenticate("eyJ.eyJ.x", at(1), soon()))), "credentials_invalid");
}

// B09, B13: per account, and per source.
TEST_F(Logins, TooManyTriesAreRefusedBeforeAnythingIsHashed) {
  policy.attempts_per_minute = 5;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(log_in("wrong horse")), "login_refused");
  const auto refused = log_in();
  EXPECT_EQ(code_of(refused), "rate_limited");
  EXPECT_GT(refused.error().retry_after, std::chrono::seconds{0});
  EXPECT_EQ(code_of(log_in("wrong horse", "ute")), "rate_limited");  // the same address
  const auto noted = limited.take_all();
  ASSERT_EQ(noted.size(), 1U);
  EXPECT_EQ(noted[0].count, 2U);
  EXPECT_EQ(noted[0].username, "ute");
}

// B11: the count is in the store, so a restart does not free anybody.
TEST_F(Logins, TriesBeforeARestartCount) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(log_in("wrong horse")), "login_refused");
  policy.attempts_per_minute = 5;
  EXPECT_EQ(code_of(log_in()), "rate_limited");
  EXPECT_TRUE(log_in("correct horse", "vera", 75).has_value());  // B10: time alone unlocks
}

// B18.
TEST_F(Logins, AnOldHashIsMadeAnewAtALogin) {
  const auto old = crypto::hash_password("correct horse", {.memory_kib = 8'192, .passes = 1});
  store.logins.passwords[viewer->user_id] = old;
  ASSERT_TRUE(log_in().has_value());
  EXPECT_NE(store.logins.passwords[viewer->user_id], old);
  EXPECT_TRUE(log_in().has_value());
}

}  // namespace xzepr::service

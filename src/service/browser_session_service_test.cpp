#include "service/browser_session_service.hpp"

#include "crypto/password_hash.hpp"
#include "service/provider_accounts.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

// A provider that vouches for one user.
class PlayedLogins final : public ProviderLogins {
 public:
  identity::User user;
  identity::RoleSet token_roles;
  TimePoint token_end;
  std::optional<Error> refusal;
  int verified = 0;

  Task<Result<ProviderLoginStart>> begin(std::string return_path, TimePoint) override {
    co_return ProviderLoginStart{.location = "https://idp.example/auth?to=" + return_path,
                                 .cookie = "login=1"};
  }
  Task<Result<ProviderLogin>> finish(const Context&, ProviderAnswer, std::string) override {
    if (refusal) co_return std::unexpected(*refusal);
    co_return ProviderLogin{.user = user, .team_roles = {"payments"}, .return_path = "/docs"};
  }
  std::string clear_cookie() const override { return "login="; }
  bool is_meant(std::string_view token) const override { return token.starts_with("idp."); }
  Task<Result<ProviderBearer>> verify(std::string, TimePoint, Deadline) override {
    ++verified;
    if (refusal) co_return std::unexpected(*refusal);
    co_return ProviderBearer{
        .user = user, .roles = token_roles, .team_roles = {"payments"}, .expires_at = token_end};
  }
};

}  // namespace

class BrowserSessions : public World {
 protected:
  BrowserSessions() {
    store.logins.passwords[viewer->user_id] = crypto::hash_password("correct horse");
    provider.user = store.users.at(viewer->user_id);
    provider.token_end = at(1'000);
    run(catalogue.refresh(store, soon()));
  }

  Context anonymous(std::int64_t second = 10) const {
    return {.principal = nullptr,
            .deadline = soon(),
            .now = at(second),
            .request_id = "r",
            .address = "192.0.2.1"};
  }
  Result<BrowserSession> log_in(std::string password = "correct horse", std::string old_secret = {}) {
    const auto context = anonymous();
    return run(browsers.log_in(context, {.username = "vera", .password = std::move(password)},
                               std::move(old_secret)));
  }
  Result<BrowserLogin> come_back(std::string old_secret = {}) {
    const auto context = anonymous();
    return run(browsers.finish_at_provider(context, {}, "cookies", std::move(old_secret)));
  }
  Result<Caller> who(std::string_view secret, std::int64_t second = 20) {
    return run(browsers.authenticate(secret, at(second), soon()));
  }
  Result<Caller> bearer(std::string_view token, std::int64_t second = 20) {
    return run(provider_sessions.authenticate(token, at(second), soon()));
  }

  PlayedLogins provider;
  SessionParts parts{.policy = policy,
                     .keys = keys,
                     .hasher = hasher,
                     .attempts = attempts,
                     .limited = limited,
                     .ids = ids,
                     .log = log,
                     .provider = &provider};
  CsrfTokens csrf{"a secret of the nodes"};
  SessionService provider_sessions{store, store.logins, store, catalogue, parts};
  BrowserSessionService browsers{provider_sessions, store.logins, csrf, parts};
};

TEST_F(BrowserSessions, ACookieSpeaksForTheUserWithoutAnySigningKey) {
  const auto session = log_in();
  ASSERT_TRUE(session.has_value());
  EXPECT_TRUE(session->secret.starts_with("xzb_"));
  EXPECT_EQ(session->secret.size(), 47U);
  const auto caller = who(session->secret);
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*caller)->username, "vera");
  EXPECT_TRUE(browsers.is_csrf_token(**caller, session->csrf_token));
  EXPECT_EQ(store.logins.audit.back().detail, "password, in a browser");
  EXPECT_EQ(code_of(log_in("wrong horse")), "login_refused");
}

TEST_F(BrowserSessions, NothingButTheSecretIsTheSecret) {
  const auto session = log_in();
  auto other = session->secret;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  for (const auto& text : {std::string(), std::string("xzb_"), other, session->secret + "A",
                           "xzr_" + session->secret.substr(4), session->csrf_token}) {
    EXPECT_EQ(code_of(who(text)), "credentials_invalid") << text;
  }
  EXPECT_FALSE(store.logins.refresh_tokens.contains(crypto::sha256(session->secret)))
      << "it is no refresh token, and its hash is not that of one";
}

// G03: bound to the session, and to the nodes' secret.
TEST_F(BrowserSessions, TheCsrfTokenIsOfThisSessionOnly) {
  const auto session = log_in();
  const auto other = log_in();
  const auto caller = who(session->secret).value();
  EXPECT_FALSE(browsers.is_csrf_token(*caller, other->csrf_token));
  EXPECT_FALSE(browsers.is_csrf_token(*caller, ""));
  EXPECT_FALSE(browsers.is_csrf_token(*caller, session->csrf_token.substr(1)));
  EXPECT_FALSE(browsers.is_csrf_token(*viewer, session->csrf_token)) << "an API key has no session";
  EXPECT_NE(CsrfTokens("another secret").token(*caller->session_id), session->csrf_token);
}

// B21
TEST_F(BrowserSessions, ALoginEndsTheSessionThatTheBrowserHad) {
  const auto old = log_in();
  const auto next = log_in("correct horse", old->secret);
  ASSERT_TRUE(next.has_value());
  EXPECT_NE(next->secret, old->secret);
  EXPECT_EQ(code_of(who(old->secret)), "credentials_invalid");
  EXPECT_TRUE(who(next->secret).has_value());
  const auto third = come_back(next->secret);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(code_of(who(next->secret)), "credentials_invalid");
  EXPECT_TRUE(who(third->session.secret).has_value());
}

TEST_F(BrowserSessions, EndWithTheirUserAndTheirLifetime) {
  const auto session = log_in();
  EXPECT_TRUE(who(session->secret, 604'809).has_value());
  EXPECT_EQ(code_of(who(session->secret, 604'810)), "credentials_invalid");
  store.users.at(viewer->user_id).enabled = false;
  store.bump();
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(code_of(who(session->secret)), "credentials_invalid");
}

TEST_F(BrowserSessions, OfAProviderHaveItsTeams) {
  EXPECT_EQ(run(browsers.begin_at_provider("/docs", at(10)))->location, "https://idp.example/auth?to=/docs");
  const auto login = come_back();
  ASSERT_TRUE(login.has_value());
  EXPECT_EQ(login->return_path, "/docs");
  EXPECT_EQ((*who(login->session.secret))->team_roles, std::vector<std::string>{"payments"});
  EXPECT_EQ(store.logins.audit.back().detail, "OpenID Connect");
}

TEST_F(BrowserSessions, ARefusedLoginAtTheProviderIsAudited) {
  provider.refusal = Error{.kind = Errc::forbidden, .code = "oidc_login_refused", .detail = "no"};
  EXPECT_EQ(code_of(come_back()), "oidc_login_refused");
  EXPECT_EQ(store.logins.audit.back().outcome, identity::AuditOutcome::refused);
  EXPECT_EQ(store.logins.audit.back().detail, "OpenID Connect: no");
}

TEST_F(BrowserSessions, WithoutAProviderThereIsNoSuchLogin) {
  parts.provider = nullptr;
  BrowserSessionService alone(sessions, store.logins, csrf, parts);
  const auto context = anonymous();
  EXPECT_EQ(code_of(run(alone.begin_at_provider("", at(10)))), "oidc_unconfigured");
  EXPECT_EQ(code_of(run(alone.finish_at_provider(context, {}, "", ""))), "oidc_unconfigured");
  EXPECT_EQ(alone.clear_provider_cookie(), "");
}

TEST_F(BrowserSessions, ABearerTokenOfTheProviderHasItsOwnRights) {
  provider.token_roles.add(identity::Role::event_manager);
  const auto caller = bearer("idp.token");
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ((*caller)->username, "vera");
  EXPECT_EQ((*caller)->roles, provider.token_roles);
  EXPECT_EQ((*caller)->team_roles, std::vector<std::string>{"payments"});
  EXPECT_TRUE(bearer("idp.token", 30).has_value());
  EXPECT_EQ(provider.verified, 1) << "the second time it is known";
  EXPECT_TRUE(provider_sessions.may_be_genuine("idp.token", at(20)));
  EXPECT_FALSE(provider_sessions.may_be_genuine("other.token", at(20)));
}

TEST_F(BrowserSessions, ABearerTokenEndsWithItselfAndWithItsUser) {
  EXPECT_TRUE(bearer("idp.token", 30).has_value());
  provider.refusal = Error{.kind = Errc::unauthenticated, .code = "credentials_invalid"};
  EXPECT_EQ(code_of(bearer("idp.token", 1'000)), "credentials_invalid");
  provider.refusal.reset();
  provider.user.enabled = false;
  EXPECT_EQ(code_of(bearer("idp.other", 30)), "credentials_invalid");
}

// R27: that the provider is away is no property of the token.
TEST_F(BrowserSessions, AProviderThatIsAwayIsAskedAgain) {
  provider.refusal = Error{.kind = Errc::unavailable, .code = "oidc_unavailable"};
  EXPECT_EQ(code_of(bearer("idp.token")), "oidc_unavailable");
  provider.refusal.reset();
  EXPECT_TRUE(bearer("idp.token").has_value());
}

}  // namespace xzepr::service

#include "identity/oidc/relying_party.hpp"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "http/query.hpp"
#include "identity/oidc/provider_test.hpp"
#include "identity/oidc/world_test.hpp"

namespace xzepr::identity::oidc {
namespace {

class RelyingPartyTest : public testing::Test {
 protected:
  static Settings settings() {
    Settings made{.issuer = "https://idp.example",
                  .client_id = "xzepr",
                  .client_secret = "se cret",
                  .redirect_url = "https://xzepr.example/api/v1/auth/oidc/callback",
                  .scopes = "openid profile"};
    made.bearer_audience = "xzepr-api";
    made.rights.roles_claim = "roles";
    made.rights.role_map = {{"ops", Role::admin}};
    made.rights.groups_claim = "groups";
    return made;
  }

  // A login that has been begun: the browser's cookies and the questions that it carries to the provider.
  struct Begun {
    std::string cookies;
    std::map<std::string, std::string> asked;

    [[nodiscard]] Callback callback(std::string code = "c-1") const {
      return Callback{.code = std::move(code), .state = asked.at("state"), .issuer = "https://idp.example"};
    }
  };
  Begun begin(RelyingParty& at) {
    const auto start = run(at.begin("/console", now));
    EXPECT_TRUE(start);
    Begun begun{.cookies = start->cookie.substr(0, start->cookie.find(';')), .asked = {}};
    const auto asked = http::parse_query(start->location.substr(start->location.find('?') + 1));
    for (const auto& [name, value] : *asked) begun.asked[name] = value;
    idp.nonce = begun.asked["nonce"];
    idp.challenge = begun.asked["code_challenge"];
    return begun;
  }

  // What a login ends with: "ok", or the code of the refusal.
  std::string login() {
    const auto begun = begin(party);
    return end(begun.callback(), begun.cookies);
  }
  std::string end(Callback callback, std::string cookies) {
    return outcome(run(party.finish(std::move(callback), std::move(cookies), now)));
  }
  template <class T>
  static std::string outcome(const Result<T>& result) {
    return result ? "ok" : std::string(result.error().code);
  }

  TimePoint now = world_now;
  PlayedProvider idp;
  telemetry::Log log{telemetry::Level::error, telemetry::LogFormat::text};
  RelyingParty party{settings(), "shared", idp, log};
};

}  // namespace

TEST_F(RelyingPartyTest, ALoginEndsWithAnIdentityAndItsRights) {
  idp.claims["roles"] = json::Array{"ops", "other"};
  idp.claims["groups"] = json::Array{"/qa"};
  idp.claims["preferred_username"] = "alice";
  const auto begun = begin(party);
  const auto end = run(party.finish(begun.callback(), "a=b; " + begun.cookies + "; c=d", now));
  ASSERT_TRUE(end) << end.error().detail;
  EXPECT_EQ(end->return_path, "/console");
  EXPECT_EQ(end->vouched.identity.issuer, "https://idp.example");
  EXPECT_EQ(end->vouched.identity.subject, "u-1");
  EXPECT_EQ(end->vouched.identity.preferred_username, "alice");
  EXPECT_TRUE(end->vouched.rights.roles.has(Role::admin));
  EXPECT_EQ(end->vouched.rights.team_roles, std::vector<std::string>{"qa"});
  EXPECT_EQ(idp.authorization, "Basic eHplcHI6c2UlMjBjcmV0");  // xzepr:se%20cret
}

TEST_F(RelyingPartyTest, B22TheCookieIsForThisHostAndNoScript) {
  const auto start = run(party.begin("", now));
  ASSERT_TRUE(start);
  EXPECT_TRUE(start->cookie.starts_with("__Host-xzepr-login="));
  EXPECT_TRUE(start->cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"))
      << start->cookie;
  EXPECT_EQ(party.clear_cookie(), "__Host-xzepr-login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

TEST_F(RelyingPartyTest, C01StateMissingWrongReplayedOrOfAnotherBrowser) {
  const auto mine = begin(party);
  const auto theirs = begin(party);
  auto missing = mine.callback();
  missing.state.reset();
  EXPECT_EQ(end(missing, mine.cookies), "oidc_login_invalid");
  auto wrong = mine.callback();
  wrong.state->back() = wrong.state->back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(end(wrong, mine.cookies), "oidc_login_invalid");
  EXPECT_EQ(end(mine.callback(), ""), "oidc_login_invalid");
  EXPECT_EQ(end(mine.callback(), theirs.cookies), "oidc_login_invalid");
  EXPECT_EQ(end(theirs.callback(), theirs.cookies + "; " + mine.cookies), "oidc_login_invalid");
  EXPECT_EQ(idp.token_calls, 0);
  EXPECT_EQ(end(theirs.callback(), theirs.cookies), "ok");
  EXPECT_EQ(end(theirs.callback(), theirs.cookies), "oidc_login_invalid");
  EXPECT_EQ(idp.token_calls, 1);
  now += std::chrono::minutes{10};
  EXPECT_EQ(end(mine.callback(), mine.cookies), "oidc_login_invalid");
}

TEST_F(RelyingPartyTest, C01AnotherNodeEndsWhatThisOneBegan) {
  RelyingParty node(settings(), "shared", idp, log);
  RelyingParty stranger(settings(), "other secret", idp, log);
  const auto begun = begin(party);
  EXPECT_EQ(outcome(run(stranger.finish(begun.callback(), begun.cookies, now))), "oidc_login_invalid");
  EXPECT_EQ(outcome(run(node.finish(begun.callback(), begun.cookies, now))), "ok");
}

TEST_F(RelyingPartyTest, C02NonceWrongOrAbsent) {
  const auto begun = begin(party);
  idp.nonce = "another";
  EXPECT_EQ(end(begun.callback(), begun.cookies), "oidc_login_refused");
  const auto again = begin(party);
  idp.nonce.reset();
  EXPECT_EQ(end(again.callback(), again.cookies), "oidc_login_refused");
}

TEST_F(RelyingPartyTest, C03AsksWithS256AndShowsTheVerifier) {
  const auto begun = begin(party);
  EXPECT_EQ(begun.asked.at("code_challenge_method"), "S256");
  EXPECT_EQ(begun.asked.at("response_type"), "code");
  EXPECT_EQ(end(begun.callback(), begun.cookies), "ok");
  EXPECT_EQ(challenge_of(idp.form.at("code_verifier")), begun.asked.at("code_challenge"));
  EXPECT_EQ(idp.form.at("redirect_uri"), "https://xzepr.example/api/v1/auth/oidc/callback");
}

TEST_F(RelyingPartyTest, C05AnAnswerOfAnotherIssuerIsRefused) {
  const auto begun = begin(party);
  auto other = begun.callback();
  other.issuer = "https://evil.example";
  EXPECT_EQ(end(other, begun.cookies), "oidc_login_invalid");
  auto silent = begun.callback();
  silent.issuer.reset();
  EXPECT_EQ(end(silent, begun.cookies), "oidc_login_invalid");  // the provider has said that it names itself
  EXPECT_EQ(idp.token_calls, 0);
  // A login begun while another provider was configured does not end here.
  auto former = settings();
  former.issuer = "https://old.example";
  PlayedProvider old("https://old.example");
  RelyingParty before(former, "shared", old, log);
  const auto begun_before = begin(before);
  EXPECT_EQ(end(begun_before.callback(), begun_before.cookies), "oidc_login_invalid");
}

TEST_F(RelyingPartyTest, C05AProviderThatDoesNotNameItselfNeedNot) {
  idp.discovery["authorization_response_iss_parameter_supported"] = false;
  const auto begun = begin(party);
  auto silent = begun.callback();
  silent.issuer.reset();
  EXPECT_EQ(end(silent, begun.cookies), "ok");
}

TEST_F(RelyingPartyTest, C06AnotherIssuerInTheDiscoveryDocument) {
  idp.discovery["issuer"] = "https://evil.example";
  EXPECT_EQ(outcome(run(party.begin("/", now))), "oidc_unavailable");
}

TEST_F(RelyingPartyTest, C07TokensOfOtherKeysAndAlgorithms) {
  idp.signer = crypto::TestSigner('x');
  idp.shows_keys_of = crypto::TestSigner('y');
  EXPECT_EQ(login(), "oidc_login_refused");
  idp.shows_keys_of.reset();
  for (const auto* header :
       {R"({"alg":"none"})", R"({"alg":"HS256","kid":"one"})", R"({"alg":"RS256","kid":"one"})"}) {
    idp.header = header;
    EXPECT_EQ(login(), "oidc_login_refused") << header;
  }
}

TEST_F(RelyingPartyTest, C08ClaimsThatAreMissingOrWrong) {
  for (const auto& [name, value] :
       {std::pair("sub", json::Value()), std::pair("iat", json::Value()), std::pair("aud", json::Value()),
        std::pair("aud", json::Value("other")), std::pair("azp", json::Value("other")),
        std::pair("iss", json::Value("https://evil.example")), std::pair("exp", json::Value(1))}) {
    const auto kept = idp.claims;
    idp.claims[name] = value;
    EXPECT_EQ(login(), "oidc_login_refused") << name;
    idp.claims = kept;
  }
  EXPECT_EQ(login(), "ok");
}

TEST_F(RelyingPartyTest, C10RotatedKeysAreFetchedOnceAMinute) {
  EXPECT_EQ(login(), "ok");
  EXPECT_EQ(idp.keys_calls, 1);
  idp.rotate("two");
  EXPECT_EQ(login(), "ok");
  EXPECT_EQ(idp.keys_calls, 2);
  idp.header = R"({"alg":"EdDSA","kid":"invented"})";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(login(), "oidc_login_refused");
  EXPECT_EQ(idp.keys_calls, 2);
  now += unknown_kid_pause;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(login(), "oidc_login_refused");
  EXPECT_EQ(idp.keys_calls, 3);
}

TEST_F(RelyingPartyTest, C10KeysEndWithTheirMaxAge) {
  idp.cache_control = "public, max-age=300";
  EXPECT_EQ(login(), "ok");
  idp.rotate("one");  // under the old name
  EXPECT_EQ(login(), "oidc_login_refused");
  now += std::chrono::seconds{300};
  EXPECT_EQ(login(), "ok");
}

TEST_F(RelyingPartyTest, R27AProviderThatIsAwayIsAskedNowAndThen) {
  idp.is_away = true;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(outcome(run(party.begin("/", now))), "oidc_unavailable");
  EXPECT_EQ(idp.discovery_calls, 1);
  idp.is_away = false;
  now += failure_pause;
  EXPECT_EQ(login(), "ok");
  idp.is_away = true;  // what is known lasts
  EXPECT_EQ(outcome(run(party.begin("/", now))), "ok");
}

TEST_F(RelyingPartyTest, C11UserinfoOfAnotherSubject) {
  auto asking = settings();
  asking.asks_userinfo = true;
  RelyingParty curious(asking, "shared", idp, log);
  idp.userinfo = json::Object{{"sub", "u-1"}, {"roles", json::Array{"ops"}}, {"aud", "other"}};
  auto begun = begin(curious);
  const auto good = run(curious.finish(begun.callback(), begun.cookies, now));
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->vouched.rights.roles.has(Role::admin));
  EXPECT_EQ(idp.authorization, "Bearer at-1");
  for (const auto& subject : {json::Value("u-2"), json::Value(), json::Value(1)}) {
    idp.userinfo["sub"] = subject;
    begun = begin(curious);
    EXPECT_EQ(outcome(run(curious.finish(begun.callback(), begun.cookies, now))), "oidc_login_refused");
  }
}

TEST_F(RelyingPartyTest, C15TheReturnPathIsCheckedBeforeAnythingIsAsked) {
  EXPECT_EQ(outcome(run(party.begin("//evil", now))), "field_invalid");
  EXPECT_EQ(idp.discovery_calls, 0);
}

TEST_F(RelyingPartyTest, C16ACodeThatTheProviderDoesNotTake) {
  idp.token_status = 400;
  EXPECT_EQ(login(), "oidc_login_invalid");
  idp.token_status = 503;
  EXPECT_EQ(login(), "oidc_unavailable");
  idp.token_status = 302;
  EXPECT_EQ(login(), "oidc_unavailable");
}

TEST_F(RelyingPartyTest, C17AnErrorOfTheProviderIsNotRepeated) {
  const auto begun = begin(party);
  auto failed = begun.callback();
  failed.code.reset();
  failed.error = "<script>alert(1)</script>";
  const auto refused = run(party.finish(failed, begun.cookies, now));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "oidc_login_refused");
  EXPECT_EQ(refused.error().detail.find("script"), std::string::npos);
}

TEST_F(RelyingPartyTest, BearerTokensOfTheProviderAreTakenWhenConfigured) {
  const auto token = idp.access_token("xzepr-api");
  EXPECT_TRUE(party.is_meant(token));
  EXPECT_EQ(outcome(run(party.verify_bearer(token, now))), "ok");
  EXPECT_EQ(outcome(run(party.verify_bearer(idp.access_token("other"), now))), "credentials_invalid");
  EXPECT_EQ(outcome(run(party.verify_bearer(token + "x", now))), "credentials_invalid");
  EXPECT_EQ(outcome(run(party.verify_bearer("", now))), "credentials_invalid");
  auto closed = settings();
  closed.bearer_audience.clear();
  RelyingParty without(closed, "shared", idp, log);
  EXPECT_FALSE(without.is_meant(token));
  EXPECT_EQ(outcome(run(without.verify_bearer(token, now))), "credentials_invalid");
}

TEST(Provider, KeepsKeysAsLongAsItIsToldWithinBounds) {
  using std::chrono::seconds;
  for (const auto& [header, expected] :
       {std::pair("", 3'600), std::pair("no-store", 3'600), std::pair("max-age=0", 60),
        std::pair("max-age=x", 3'600), std::pair("public, max-age=600, must-revalidate", 600),
        std::pair("max-age=-5", 60), std::pair("max-age=99999999999999999999", 86'400),
        std::pair("max-age=604800", 86'400)}) {
    EXPECT_EQ(key_lifetime(header), seconds{expected}) << header;
  }
}

}  // namespace xzepr::identity::oidc

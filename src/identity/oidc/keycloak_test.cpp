// A login as a browser does it, at a real Keycloak (tests/services/keycloak.sh): XZEPR_TEST_KEYCLOAK names
// its realm.
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "http/client.hpp"
#include "http/query.hpp"
#include "identity/oidc/provider_test.hpp"
#include "identity/oidc/relying_party.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

std::string text_between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return {};
  const auto from = start + before.size();
  return std::string(text.substr(from, text.find(after, from) - from));
}

std::string without_entities(std::string text) {
  for (auto at = text.find("&amp;"); at != std::string::npos; at = text.find("&amp;", at + 1))
    text.replace(at, 5, "&");
  return text;
}

// Keeps cookies and follows nothing.
class Browser {
 public:
  http::ClientResponse go(std::string url, std::string form = {}) {
    http::ClientRequest request{.method = form.empty() ? "GET" : "POST", .url = std::move(url)};
    request.headers.emplace_back("Cookie", cookies_);
    if (!form.empty()) request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(form);
    auto answer = client_.send(request);
    EXPECT_TRUE(answer);
    if (!answer) return {};
    for (const auto& [name, value] : answer->headers) {
      if (name == "set-cookie") cookies_ += value.substr(0, value.find(';')) + "; ";
    }
    return *std::move(answer);
  }

 private:
  http::Client client_;
  std::string cookies_;
};

class KeycloakTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* url = std::getenv("XZEPR_TEST_KEYCLOAK");
    if (url == nullptr) GTEST_SKIP() << "XZEPR_TEST_KEYCLOAK is not set";
    realm = url;
    Settings settings{.issuer = realm,
                      .client_id = "xzepr",
                      .client_secret = "xzepr-secret",
                      .redirect_url = "http://127.0.0.1:8042/api/v1/auth/oidc/callback",
                      .scopes = "openid profile email"};
    settings.bearer_audience = "xzepr";
    settings.rights = {.roles_claim = "realm_access.roles",
                       .role_map = {{"admin", Role::admin}, {"viewer", Role::event_viewer}},
                       .default_role = Role::user,
                       .groups_claim = "groups",
                       .group_map = {{"/payments/deployers", "payments"}}};
    party = std::make_unique<RelyingParty>(settings, "shared", fetcher, log);
  }

  // The provider's answer, as our callback would get it.
  Callback log_in(const std::string& location, const std::string& name) {
    Browser browser;
    const auto page = browser.go(location);
    const auto action = without_entities(text_between(page.body, "action=\"", "\""));
    EXPECT_FALSE(action.empty()) << page.status << page.body.substr(0, 2'000);
    const auto answer = browser.go(action, "username=" + name + "&password=" + name + "-pw&credentialId=");
    EXPECT_EQ(answer.status, 302);
    const auto back = answer.header("location");
    const auto query = http::parse_query(back.substr(back.find('?') + 1));
    Callback callback;
    for (const auto& [key, value] : *query) {
      if (key == "code") callback.code = value;
      if (key == "state") callback.state = value;
      if (key == "iss") callback.issuer = value;
    }
    return callback;
  }

  Result<LoginEnd> login(const std::string& name) {
    const auto start = run(party->begin("/console", now()));
    EXPECT_TRUE(start);
    last = log_in(start->location, name);
    cookies = start->cookie.substr(0, start->cookie.find(';'));
    return run(party->finish(last, cookies, now()));
  }

  json::Value post_for_json(const std::string& url, std::string form) {
    return json::parse(Browser().go(url, std::move(form)).body).value();
  }
  std::string token_by_password(const std::string& url, const std::string& client, const std::string& user,
                                std::string_view which) {
    const auto answer = post_for_json(url + "/protocol/openid-connect/token",
                                      "grant_type=password&scope=openid&" + client + "&" + user);
    return std::string(json::view(answer.as_object().at(which).as_string()));
  }

  // The realm signs with a new key from now on.
  void rotate_keys() {
    const auto root = realm.substr(0, realm.find("/realms/"));
    const auto token = token_by_password(root + "/realms/master", "client_id=admin-cli",
                                         "username=admin&password=admin", "access_token");
    const auto made = http::Client().send(
        {.method = "POST",
         .url = root + "/admin/realms/xzepr/components",
         .headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
         .body =
             R"({"name":"rotated","providerId":"rsa-generated","providerType":"org.keycloak.keys.KeyProvider",)"
             R"("config":{"priority":["200"],"enabled":["true"],"active":["true"]}})"});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->status, 201) << made->body;
  }

  static TimePoint now() { return SystemClock().now(); }

  std::string realm;
  HttpFetcher fetcher{""};
  telemetry::Log log{telemetry::Level::error, telemetry::LogFormat::text};
  std::unique_ptr<RelyingParty> party;
  Callback last;
  std::string cookies;
};

}  // namespace

TEST_F(KeycloakTest, PeopleLogInWithTheirRolesAndTeams) {
  const auto alice = login("alice");
  ASSERT_TRUE(alice) << alice.error().detail;
  EXPECT_EQ(alice->return_path, "/console");
  EXPECT_EQ(alice->vouched.identity.issuer, realm);
  EXPECT_EQ(alice->vouched.identity.preferred_username, "alice");
  EXPECT_EQ(alice->vouched.identity.email, "alice@example.com");
  EXPECT_TRUE(alice->vouched.rights.roles.has(Role::admin));
  EXPECT_EQ(alice->vouched.rights.team_roles, (std::vector<std::string>{"payments", "qa"}));
  const auto bob = login("bob");
  ASSERT_TRUE(bob);
  EXPECT_TRUE(bob->vouched.rights.roles.has(Role::event_viewer));
  EXPECT_FALSE(bob->vouched.rights.roles.has(Role::admin));
  EXPECT_NE(bob->vouched.identity.subject, alice->vouched.identity.subject);
  const auto carol = login("carol");
  ASSERT_TRUE(carol);
  EXPECT_TRUE(carol->vouched.rights.roles.has(Role::user));
  EXPECT_TRUE(carol->vouched.rights.team_roles.empty());
}

TEST_F(KeycloakTest, C01C16AnAnswerCountsOnce) {
  ASSERT_TRUE(login("alice"));
  EXPECT_EQ(run(party->finish(last, cookies, now())).error().code, "oidc_login_invalid");
  // The same code in a login that another browser has begun.
  const auto other = run(party->begin("/", now()));
  ASSERT_TRUE(other);
  auto replayed = last;
  replayed.state = text_between(other->location, "&state=", "&");
  const auto refused = run(party->finish(replayed, other->cookie.substr(0, other->cookie.find(';')), now()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "oidc_login_invalid");
}

TEST_F(KeycloakTest, C10KeysRotateBetweenTwoLogins) {
  ASSERT_TRUE(login("alice"));
  rotate_keys();
  const auto after = login("alice");
  ASSERT_TRUE(after) << after.error().detail;
}

TEST_F(KeycloakTest, AccessTokensAreTakenAndIdTokensAreNot) {
  const std::string client = "client_id=xzepr&client_secret=xzepr-secret";
  const auto access = token_by_password(realm, client, "username=bob&password=bob-pw", "access_token");
  const auto id = token_by_password(realm, client, "username=bob&password=bob-pw", "id_token");
  EXPECT_TRUE(party->is_meant(access));
  const auto bob = run(party->verify_bearer(access, now()));
  ASSERT_TRUE(bob) << bob.error().detail;
  EXPECT_EQ(bob->identity.preferred_username, "bob");
  EXPECT_TRUE(bob->rights.roles.has(Role::event_viewer));
  EXPECT_FALSE(run(party->verify_bearer(id, now())));
  EXPECT_FALSE(run(party->verify_bearer(access, now() + std::chrono::hours{1})));
}

}  // namespace xzepr::identity::oidc

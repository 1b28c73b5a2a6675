#include "identity/oidc/settings.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace xzepr::identity::oidc {
namespace {

using Keys = std::map<std::string, std::string>;

Keys sound_keys() {
  return {{"issuer_url", "https://idp.example/realms/main"},
          {"client_id", "xzepr"},
          {"client_secret", "s"},
          {"redirect_url", "https://xzepr.example/api/v1/auth/oidc/callback"}};
}

std::vector<std::string> problems_with(const std::string& name, const std::string& value) {
  auto keys = sound_keys();
  keys[name] = value;
  const auto settings = read_settings(keys);
  return settings ? std::vector<std::string>{} : settings.error();
}

}  // namespace

TEST(OidcSettings, NeedFourKeys) {
  const auto settings = read_settings(sound_keys());
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->issuer, "https://idp.example/realms/main");
  EXPECT_EQ(settings->scopes, "openid profile email");
  EXPECT_EQ(settings->proof, ClientProof::basic);
  EXPECT_EQ(settings->bearer_audience, "");
  EXPECT_FALSE(settings->rights.default_role);
  const auto none = read_settings({});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().size(), 4U);
}

TEST(OidcSettings, ReadTables) {
  auto keys = sound_keys();
  keys["roles_claim"] = "realm_access.roles";
  keys["role_map.ops.admin"] = "admin";
  keys["default_role"] = "user";
  keys["groups_claim"] = "groups";
  keys["group_map./a/b"] = "a-b";
  keys["scopes"] = "openid,groups";
  keys["client_authentication"] = "client_secret_post";
  keys["userinfo"] = "true";
  const auto settings = read_settings(keys);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->rights.role_map.at("ops.admin"), Role::admin);
  EXPECT_EQ(settings->rights.default_role, Role::user);
  EXPECT_EQ(settings->rights.group_map.at("/a/b"), "a-b");
  EXPECT_EQ(settings->scopes, "openid groups");
  EXPECT_EQ(settings->proof, ClientProof::post);
  EXPECT_TRUE(settings->asks_userinfo);
}

TEST(OidcSettings, SayWhatIsWrongWithAKey) {
  for (const auto& [name, value] :
       {std::pair("issuer_url", "http://idp.example"), std::pair("issuer_url", "https://idp.example/?a"),
        std::pair("redirect_url", "http://xzepr.example/cb"), std::pair("scopes", "profile"),
        std::pair("client_authentication", "none"), std::pair("userinfo", "yes"),
        std::pair("default_role", "root"), std::pair("role_map.x", "root"),
        std::pair("group_map.x", "two words"), std::pair("group_map.x", "admin"),
        std::pair("role_map.x", "admin"), std::pair("insecure", "true")}) {
    const auto problems = problems_with(name, value);
    ASSERT_FALSE(problems.empty()) << name << " " << value;
  }
}

TEST(OidcSettings, C18PlainHttpIsForLoopbackOnly) {
  for (const auto* url : {"https://idp.example", "https://10.0.0.1:8443/x", "http://127.0.0.1:8080/realms/x",
                          "http://localhost", "http://[::1]:80/x"}) {
    EXPECT_TRUE(is_trustworthy_url(url)) << url;
  }
  for (const auto* url : {"", "http://idp.example", "http://127.0.0.1.evil.com", "http://localhost.evil.com",
                          "http://127.0.0.1@evil.com", "https://user@idp.example", "ftp://127.0.0.1",
                          "https://", "https:///x", "HTTPS://idp.example", "//x", "https://idp.example/a b",
                          "https://idp.example\\@evil.com", "file:///etc/passwd", "http://[::2]/"}) {
    EXPECT_FALSE(is_trustworthy_url(url)) << url;
  }
}

}  // namespace xzepr::identity::oidc

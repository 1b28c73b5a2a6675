#include "identity/oidc/discovery.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::identity::oidc {
namespace {

json::Object sound_document() {
  return {{"issuer", "https://idp.example"},
          {"authorization_endpoint", "https://idp.example/auth"},
          {"token_endpoint", "https://idp.example/token"},
          {"jwks_uri", "https://keys.idp.example/jwks"}};
}

bool is_taken(std::string_view name, json::Value value) {
  auto document = sound_document();
  document.insert_or_assign(name, std::move(value));
  const auto discovery = parse_discovery(json::write(document), "https://idp.example");
  EXPECT_TRUE(discovery || discovery.error().code == "oidc_unavailable");
  return discovery.has_value();
}

}  // namespace

TEST(Discovery, NamesTheEndpoints) {
  const auto discovery = parse_discovery(json::write(sound_document()), "https://idp.example");
  ASSERT_TRUE(discovery);
  EXPECT_EQ(discovery->token_endpoint, "https://idp.example/token");
  EXPECT_EQ(discovery->jwks_uri, "https://keys.idp.example/jwks");
  EXPECT_FALSE(discovery->names_issuer);
  EXPECT_EQ(discovery_url("https://a.example/realms/x"),
            "https://a.example/realms/x/.well-known/openid-configuration");
  EXPECT_EQ(discovery_url("https://a.example/"), "https://a.example/.well-known/openid-configuration");
}

TEST(Discovery, C06TheIssuerMustBeExactlyTheOneThatWasAsked) {
  for (const auto* issuer : {"https://idp.example/", "https://IDP.example", "http://idp.example",
                             "https://idp.example:443", "https://evil.example", ""}) {
    EXPECT_FALSE(is_taken("issuer", issuer)) << issuer;
  }
  EXPECT_FALSE(is_taken("issuer", nullptr));
  EXPECT_FALSE(is_taken("issuer", json::Array{"https://idp.example"}));
}

TEST(Discovery, C19EndpointsAreHttpsOnly) {
  for (const auto* name : {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"}) {
    EXPECT_TRUE(is_taken(name, "https://other.example/x"));
    for (const auto* url :
         {"http://idp.example/x", "http://169.254.169.254/latest", "http://127.0.0.1/x", "file:///etc/passwd",
          "https://u@idp.example", "https://idp.example/#x", "javascript:1"}) {
      EXPECT_FALSE(is_taken(name, url)) << url;
    }
  }
  EXPECT_FALSE(is_taken("token_endpoint", 7));
}

TEST(Discovery, C03NeedsS256) {
  EXPECT_TRUE(is_taken("code_challenge_methods_supported", json::Array{"plain", "S256"}));
  EXPECT_FALSE(is_taken("code_challenge_methods_supported", json::Array{"plain"}));
}

TEST(Discovery, IsAnObject) {
  for (const auto* text :
       {"", "[]", "<html>", "{", R"({"issuer":"https://idp.example","issuer":"https://idp.example"})"}) {
    EXPECT_FALSE(parse_discovery(text, "https://idp.example")) << text;
  }
}

}  // namespace xzepr::identity::oidc

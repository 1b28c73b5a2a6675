#include "identity/oidc/identity_claims.hpp"

#include <gtest/gtest.h>

#include "identity/oidc/world_test.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

const TokenHeader ed_token_header{.kind = crypto::SignatureKind::ed25519, .kid = "one", .typ = "jwt"};

json::Value sound_claims() {
  return json::Object{
      {"iss", "https://idp.example"}, {"sub", "u-1"},     {"aud", "xzepr"},
      {"iat", seconds_of(world_now)}, {"nonce", "n-0-S"}, {"exp", seconds_of(world_now) + 300}};
}

// Sound claims with one member replaced; "" takes it away.
json::Value claims_with(std::string_view name, std::string_view value) {
  auto claims = sound_claims();
  if (value.empty())
    claims.as_object().erase(name);
  else
    claims.as_object().insert_or_assign(name, *json::parse(value));
  return claims;
}

std::string reason_of(json::Value claims, TokenHeader header = ed_token_header,
                      std::string_view access_token = "") {
  const auto checked = check_id_token(header, std::move(claims),
                                      {.issuer = "https://idp.example",
                                       .client_id = "xzepr",
                                       .nonce = "n-0-S",
                                       .access_token = access_token,
                                       .now = world_now});
  return checked ? "" : checked.error();
}

std::string bearer_reason(json::Value claims, std::string typ = "at+jwt") {
  claims.as_object().erase("nonce");
  const auto checked = check_bearer_token(
      {.kind = crypto::SignatureKind::ed25519, .kid = "", .typ = std::move(typ)}, std::move(claims),
      {.issuer = "https://idp.example", .audience = "xzepr", .now = world_now});
  return checked ? "" : checked.error();
}

std::string at(std::chrono::seconds offset) { return std::to_string(seconds_of(world_now + offset)); }

using std::chrono::seconds;

}  // namespace

TEST(IdToken, SaysWhoItIs) {
  auto claims = sound_claims();
  for (const auto& [name, value] : {std::pair("preferred_username", "alice"),
                                    std::pair("email", "a@example.com"), std::pair("name", "Alice A")}) {
    claims.as_object()[name] = value;
  }
  const IdTokenRule rule{.issuer = "https://idp.example",
                         .client_id = "xzepr",
                         .nonce = "n-0-S",
                         .access_token = "",
                         .now = world_now};
  auto identity = check_id_token(ed_token_header, claims, rule);
  ASSERT_TRUE(identity) << identity.error();
  EXPECT_EQ(identity->issuer, "https://idp.example");
  EXPECT_EQ(identity->subject, "u-1");
  EXPECT_EQ(identity->preferred_username, "alice");
  EXPECT_EQ(identity->display_name, "Alice A");
  EXPECT_EQ(identity->email, "");  // not verified
  claims.as_object()["email_verified"] = "true";
  EXPECT_EQ(check_id_token(ed_token_header, claims, rule)->email, "");
  claims.as_object()["email_verified"] = true;
  EXPECT_EQ(check_id_token(ed_token_header, claims, rule)->email, "a@example.com");
}

TEST(IdToken, C02TheNonceMustBeOurs) {
  EXPECT_EQ(reason_of(sound_claims()), "");
  for (const auto* nonce : {"", "\"\"", "\"n-0-s\"", "\"n-0-S \"", "7", "[\"n-0-S\"]", "null"}) {
    EXPECT_NE(reason_of(claims_with("nonce", nonce)), "") << nonce;
  }
}

TEST(IdToken, C08IssuerSubjectAndAudienceMustBeThere) {
  for (const auto* issuer : {"", "\"https://idp.example/\"", "\"https://other.example\"", "null", "[]"}) {
    EXPECT_NE(reason_of(claims_with("iss", issuer)), "") << issuer;
  }
  for (const auto* subject : {"", "\"\"", "7", "\"a b\"", "\"a\\u0001\"", "\"\xC3\xA4\""}) {
    EXPECT_NE(reason_of(claims_with("sub", subject)), "") << subject;
  }
  EXPECT_EQ(reason_of(claims_with("sub", "\"" + std::string(255, 's') + "\"")), "");
  EXPECT_NE(reason_of(claims_with("sub", "\"" + std::string(256, 's') + "\"")), "");
  for (const auto* audience :
       {"", "\"other\"", "[]", "[\"other\"]", "{\"xzepr\":1}", "[[\"xzepr\"]]", "\"xzepr2\""}) {
    EXPECT_NE(reason_of(claims_with("aud", audience)), "") << audience;
  }
  EXPECT_EQ(reason_of(claims_with("aud", "[\"xzepr\"]")), "");
}

TEST(IdToken, C08AnAuthorizedPartyMustBeThisClient) {
  EXPECT_EQ(reason_of(claims_with("azp", "\"xzepr\"")), "");
  EXPECT_NE(reason_of(claims_with("azp", "\"other\"")), "");
  EXPECT_NE(reason_of(claims_with("azp", "7")), "");
  auto claims = claims_with("aud", R"(["xzepr","other"])");
  EXPECT_NE(reason_of(claims), "");
  claims.as_object()["azp"] = "xzepr";
  EXPECT_EQ(reason_of(claims), "");
}

TEST(IdToken, C08TimesMustHoldWithinTheLeeway) {
  EXPECT_EQ(reason_of(claims_with("exp", at(-leeway + seconds{1}))), "");
  for (const auto& expiry : {at(-leeway), std::string(), std::string("\"9999999999\""), std::string("-1"),
                             std::string("1e300"), std::string("null")}) {
    EXPECT_NE(reason_of(claims_with("exp", expiry)), "") << expiry;
  }
  EXPECT_EQ(reason_of(claims_with("iat", at(leeway))), "");
  EXPECT_NE(reason_of(claims_with("iat", at(leeway + seconds{1}))), "");
  EXPECT_NE(reason_of(claims_with("iat", "")), "");
  EXPECT_EQ(reason_of(claims_with("nbf", at(leeway))), "");
  EXPECT_NE(reason_of(claims_with("nbf", at(leeway + seconds{1}))), "");
  EXPECT_NE(reason_of(claims_with("nbf", "\"x\"")), "");
}

TEST(IdToken, TheAccessTokenMustBeTheOneThatItCameWith) {
  // OpenID Connect Core 1.0, appendix A.3: the access token and its at_hash
  const TokenHeader rsa{.kind = crypto::SignatureKind::rsa_sha256, .kid = "", .typ = ""};
  const auto claims = claims_with("at_hash", "\"77QmUPtjPfzWtF2AnpK9RQ\"");
  EXPECT_EQ(reason_of(claims, rsa, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "");
  EXPECT_NE(reason_of(claims, rsa, "another"), "");
  EXPECT_EQ(reason_of(claims, rsa), "");
}

TEST(IdToken, OtherKindsOfTokenAreNone) {
  EXPECT_EQ(reason_of(sound_claims(), {.kind = crypto::SignatureKind::ed25519, .kid = "", .typ = ""}), "");
  for (const auto* typ : {"at+jwt", "logout+jwt", "dpop+jwt"}) {
    EXPECT_NE(reason_of(sound_claims(), {.kind = crypto::SignatureKind::ed25519, .kid = "", .typ = typ}), "")
        << typ;
  }
}

TEST(BearerToken, MustBeAnAccessTokenForThisServer) {
  for (const auto* typ : {"", "jwt", "at+jwt", "application/at+jwt"})
    EXPECT_EQ(bearer_reason(sound_claims(), typ), "");
  EXPECT_NE(bearer_reason(sound_claims(), "logout+jwt"), "");
  EXPECT_EQ(bearer_reason(claims_with("typ", "\"Bearer\"")), "");
  EXPECT_EQ(bearer_reason(claims_with("azp", "\"some-pipeline\"")), "");
  EXPECT_EQ(bearer_reason(claims_with("aud", R"(["account","xzepr"])")), "");
  for (const auto& [name, value] :
       {std::pair("typ", "\"ID\""), std::pair("typ", "\"Refresh\""), std::pair("at_hash", "\"x\""),
        std::pair("events", "{}"), std::pair("aud", "\"account\""), std::pair("aud", ""),
        std::pair("exp", ""), std::pair("iss", "\"https://other.example\""), std::pair("sub", "")}) {
    EXPECT_NE(bearer_reason(claims_with(name, value)), "") << name << " " << value;
  }
}

}  // namespace xzepr::identity::oidc

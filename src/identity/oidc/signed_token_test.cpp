#include "identity/oidc/signed_token.hpp"

#include <gtest/gtest.h>

#include "identity/oidc/world_test.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::string_view ed_header = R"({"alg":"EdDSA","kid":"one"})";

// RFC 7515, appendix A.2.
constexpr std::string_view rsa_keys =
    R"({"keys":[{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}]})";
constexpr std::string_view rsa_token =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CU"
    "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
    "eSN9383LcOLn6_d"
    "O--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig"
    "cN_IoypGlUPQGe77Rw";
// Appendix A.3.
constexpr std::string_view ec_keys =
    R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
constexpr std::string_view ec_token =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

Trust trust_of(std::string_view token, std::string_view keys) {
  const auto parts = take_apart(token);
  const auto read = parse_keys(keys);
  if (!parts || !read) return Trust::forged;
  return check_signature(*parts, *read);
}

std::string changed_at(std::string_view token, std::size_t index) {
  std::string text(token);
  text[index] = text[index] == 'A' ? 'B' : 'A';
  return text;
}

}  // namespace

TEST(SignedToken, KnowsTheSignaturesOfTheStandards) {
  EXPECT_EQ(trust_of(rsa_token, rsa_keys), Trust::genuine);
  EXPECT_EQ(trust_of(ec_token, ec_keys), Trust::genuine);
  const crypto::TestSigner signer;
  EXPECT_EQ(trust_of(token_of(signer, ed_header, "{}"), key_set(signer)), Trust::genuine);
}

TEST(SignedToken, C07RefusesOtherSignatures) {
  for (const auto& [token, keys] : {std::pair(rsa_token, rsa_keys), std::pair(ec_token, ec_keys)}) {
    EXPECT_EQ(trust_of(changed_at(token, token.rfind('.') + 3), keys), Trust::forged);
    EXPECT_EQ(trust_of(changed_at(token, token.find('.') + 8), keys), Trust::forged);
    EXPECT_EQ(trust_of(token.substr(0, token.rfind('.') + 1), keys), Trust::forged);
  }
  EXPECT_EQ(trust_of(token_of(crypto::TestSigner('x'), ed_header, "{}"), key_set(crypto::TestSigner('y'))),
            Trust::forged);
  // ES256: the zero signature, CVE-2022-21449
  const std::string zero(64, '\0');
  const std::string input(ec_token.substr(0, ec_token.rfind('.') + 1));
  EXPECT_EQ(trust_of(input + crypto::to_base64url(zero), ec_keys), Trust::forged);
}

TEST(SignedToken, C07RefusesNoneAndHmacAndAlgorithmsOfAnotherKey) {
  const crypto::TestSigner signer;
  for (const auto* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS256"})", R"({"alg":""})",
                             R"({})", R"({"alg":7})", R"({"alg":"RS512"})", R"({"alg":"ES256K"})",
                             R"({"alg":"PS256"})", R"({"alg":["EdDSA"]})"}) {
    EXPECT_FALSE(take_apart(token_of(signer, header, "{}"))) << header;
  }
  EXPECT_EQ(trust_of(token_of(signer, R"({"alg":"RS256","kid":"one"})", "{}"), key_set(signer)),
            Trust::key_unknown);
}

TEST(SignedToken, RefusesHeadersThatBringTheirOwnTrust) {
  const crypto::TestSigner signer;
  for (const auto* member :
       {R"("crit":["exp"])", R"("b64":false)", R"("zip":"DEF")", R"("jwk":{})", R"("jku":"https://evil")",
        R"("x5u":"https://evil")", R"("x5c":[])", R"("kid":1)", R"("typ":[])", R"("alg":"EdDSA")"}) {
    const auto header = fmt::format(R"({{"alg":"EdDSA",{}}})", member);
    EXPECT_FALSE(take_apart(token_of(signer, header, "{}"))) << member;
  }
}

TEST(SignedToken, TakesApartOnlyWhatIsExactlyThreeParts) {
  const crypto::TestSigner signer;
  const auto token = token_of(signer, ed_header, "{}");
  ASSERT_TRUE(take_apart(token));
  for (const std::string& text :
       {std::string{}, std::string("."), std::string(".."), std::string("a.b"), token + ".x", "." + token,
        token + "=", token + "\n", " " + token, token.substr(1), std::string(20'000, 'a')}) {
    EXPECT_FALSE(take_apart(text)) << text.substr(0, 40);
  }
  EXPECT_FALSE(parse_claims(*take_apart(token_of(signer, ed_header, "[]"))));
  EXPECT_FALSE(parse_claims(*take_apart(token_of(signer, ed_header, R"({"a":1,"a":2})"))));
}

TEST(SignedToken, C09WithoutAKidAnyKeyOfThatKindMayBeIt) {
  const crypto::TestSigner one('1');
  const crypto::TestSigner two('2');
  const auto keys = fmt::format(
      R"({{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"a","x":"{}"}},{{"kty":"OKP","crv":"Ed25519","kid":"b","x":"{}"}}]}})",
      crypto::to_base64url(one.public_key()), crypto::to_base64url(two.public_key()));
  EXPECT_EQ(trust_of(token_of(two, R"({"alg":"EdDSA"})", "{}"), keys), Trust::genuine);
  EXPECT_EQ(trust_of(token_of(one, R"({"alg":"EdDSA"})", "{}"), key_set(one)), Trust::genuine);
  EXPECT_EQ(trust_of(token_of(crypto::TestSigner('3'), R"({"alg":"EdDSA"})", "{}"), keys), Trust::forged);
  EXPECT_EQ(trust_of(token_of(two, R"({"alg":"EdDSA","kid":"a"})", "{}"), keys), Trust::forged);
  EXPECT_EQ(trust_of(token_of(two, R"({"alg":"EdDSA","kid":"c"})", "{}"), keys), Trust::key_unknown);
}

TEST(SignedToken, KeySetsKeepWhatMayVerify) {
  const crypto::TestSigner signer;
  const auto good = crypto::to_base64url(signer.public_key());
  const auto keys = parse_keys(fmt::format(
      R"({{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{0}","use":"enc"}},{{"kty":"oct","k":"AAAA"}},
          {{"kty":"OKP","crv":"Ed25519","x":"{0}","alg":"RS256"}},{{"kty":"OKP","crv":"X25519","x":"{0}"}},
          {{"kty":"RSA","n":"AQAB","e":"AQAB"}},7,{{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}},
          {{"kty":"OKP","crv":"Ed25519","x":"{0}","kid":"good","use":"sig","alg":"EdDSA"}}]}})",
      good));
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->front().kid, "good");
  for (const auto* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1]})", "<html>"}) {
    const auto none = parse_keys(text);
    ASSERT_FALSE(none) << text;
    EXPECT_EQ(none.error().code, "oidc_unavailable");
  }
}

TEST(SignedToken, WeakAndCostlyRsaKeysAreLeftOut) {
  const auto rsa = [](std::size_t bytes, std::string_view exponent) {
    return crypto::VerifyKey::rsa(std::string(bytes, '\xFF'), exponent).has_value();
  };
  EXPECT_TRUE(rsa(256, {"\x01\x00\x01", 3}));
  EXPECT_FALSE(rsa(255, {"\x01\x00\x01", 3}));
  EXPECT_FALSE(rsa(1'025, {"\x01\x00\x01", 3}));
  EXPECT_FALSE(rsa(256, "\x01"));
  EXPECT_FALSE(rsa(256, ""));
  EXPECT_FALSE(rsa(256, "\x04"));
  EXPECT_FALSE(rsa(256, std::string(9, '\x01')));
}

}  // namespace xzepr::identity::oidc

#include "identity/oidc/login_attempt.hpp"

#include <unordered_set>

#include <gtest/gtest.h>

#include "crypto/secret_box.hpp"
#include "identity/oidc/world_test.hpp"

namespace xzepr::identity::oidc {

TEST(LoginAttempt, ComesBackFromItsCookie) {
  const auto key = crypto::derive_key("shared", "oidc");
  const auto attempt = begin_attempt("https://idp.example", "/console?a=b", world_now);
  const auto cookie = seal_attempt(key, attempt);
  EXPECT_LT(cookie.size(), 4'000U);
  EXPECT_EQ(cookie.find(attempt.verifier), std::string::npos);
  EXPECT_EQ(open_attempt(key, cookie, world_now), attempt);
  const auto longest =
      begin_attempt("https://idp.example/" + std::string(200, 'x'), "/" + std::string(2'047, 'a'), world_now);
  EXPECT_EQ(open_attempt(key, seal_attempt(key, longest), world_now), longest);
}

TEST(LoginAttempt, C01IsOpenedByItsOwnKeyAndInTimeOnly) {
  const auto key = crypto::derive_key("shared", "oidc");
  const auto cookie = seal_attempt(key, begin_attempt("https://idp.example", "/", world_now));
  EXPECT_FALSE(open_attempt(crypto::derive_key("other", "oidc"), cookie, world_now));
  EXPECT_TRUE(open_attempt(key, cookie, world_now + login_time - std::chrono::microseconds{1}));
  EXPECT_FALSE(open_attempt(key, cookie, world_now + login_time));
  EXPECT_FALSE(open_attempt(key, "", world_now));
  EXPECT_FALSE(open_attempt(key, cookie + "A", world_now));
  EXPECT_FALSE(open_attempt(key, std::string(100'000, 'A'), world_now));
}

TEST(LoginAttempt, C04ValuesAreRandomAndUnlike) {
  std::unordered_set<std::string> seen;
  constexpr std::size_t count = 34'000;
  for (std::size_t i = 0; i < count; ++i) {
    auto attempt = begin_attempt("i", "/", world_now);
    ASSERT_EQ(attempt.state.size(), 43U);  // 256 bits
    seen.insert(std::move(attempt.state));
    seen.insert(std::move(attempt.nonce));
    seen.insert(std::move(attempt.verifier));
  }
  EXPECT_EQ(seen.size(), 3 * count);
}

TEST(LoginAttempt, C03TheChallengeIsThatOfTheStandard) {
  // RFC 7636, appendix B
  EXPECT_EQ(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

}  // namespace xzepr::identity::oidc

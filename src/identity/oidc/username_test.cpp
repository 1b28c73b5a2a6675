#include "identity/oidc/username.hpp"

#include <gtest/gtest.h>

namespace xzepr::identity::oidc {
namespace {

std::vector<std::string> names_of(std::string wish, std::string subject = "u-1",
                                  std::string issuer = "https://idp.example") {
  ForeignIdentity identity;
  identity.issuer = std::move(issuer);
  identity.subject = std::move(subject);
  identity.preferred_username = std::move(wish);
  return username_candidates(identity);
}

}  // namespace

TEST(Username, FollowsTheWishAndThenMarksIt) {
  const auto names = names_of("alice@example.com");
  ASSERT_EQ(names.size(), 5U);
  EXPECT_EQ(names[0], "alice@example.com");
  EXPECT_TRUE(names[1].starts_with("alice@example.com-"));
  EXPECT_EQ(names[1].size(), names[0].size() + 5);
  EXPECT_EQ(names, names_of("alice@example.com"));  // on every node, at every try
}

TEST(Username, C13TwoIssuersWithOneSubjectAreTwoPeople) {
  EXPECT_NE(names_of("a", "1").back(), names_of("a", "1", "https://other.example").back());
  EXPECT_NE(names_of("a", "1").back(), names_of("a", "2").back());
  EXPECT_NE(names_of("a", "1x", "https://i").back(), names_of("a", "x", "https://i1").back());
}

TEST(Username, C13NobodyIsCalledAdministrator) {
  for (const auto* wish :
       {"admin", "Admin", "ADMIN", "event_manager", "user", "root", "", " admin ", "\u200Badmin"}) {
    const auto names = names_of(wish);
    ASSERT_EQ(names.size(), 4U) << wish;
    EXPECT_NE(names[0].find('-'), std::string::npos) << wish;
  }
}

TEST(Username, IsBounded) {
  for (const auto& name : names_of(std::string(10'000, 'x'))) EXPECT_LE(name.size(), 64U + 1 + 52);
}

}  // namespace xzepr::identity::oidc

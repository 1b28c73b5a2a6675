#include "crypto/password_hash.hpp"

#include <gtest/gtest.h>

namespace xzepr::crypto {
namespace {

// B18.
TEST(PasswordHash, SaysArgon2idAtTheFloor) {
  EXPECT_TRUE(hash_password("correct horse").starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

TEST(PasswordHash, IsOfThatPasswordOnlyAndSaltedEachTime) {
  const auto hash = hash_password("correct horse");
  EXPECT_TRUE(verify_password("correct horse", hash));
  EXPECT_FALSE(verify_password("correct horse ", hash));
  EXPECT_FALSE(verify_password("", hash));
  EXPECT_NE(hash_password("correct horse"), hash);
}

TEST(PasswordHash, AnotherCostAsksForANewOne) {
  const auto hash = hash_password("correct horse");
  EXPECT_FALSE(needs_rehash(hash));
  EXPECT_TRUE(needs_rehash(hash, {.memory_kib = 32'768, .passes = 2}));
}

TEST(PasswordHash, WhatIsNoHashVerifiesNothing) {
  for (const std::string text : {"", "x", "$argon2id$v=19$m=19456,t=2,p=1$"}) {
    EXPECT_FALSE(verify_password("correct horse", text));
  }
}

}  // namespace
}  // namespace xzepr::crypto

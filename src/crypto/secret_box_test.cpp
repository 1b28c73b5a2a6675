#include "crypto/secret_box.hpp"

#include <gtest/gtest.h>

namespace xzepr::crypto {

TEST(SecretBox, OpensOnlyWhatItSealed) {
  const auto key = derive_key("a shared secret", "cookies");
  const auto sealed = seal(key, "login", "text \0 with a zero");
  EXPECT_EQ(unseal(key, "login", sealed), "text \0 with a zero");
  EXPECT_EQ(unseal(key, "login", seal(key, "login", "")), "");
  EXPECT_FALSE(unseal(key, "session", sealed));
  EXPECT_FALSE(unseal(derive_key("a shared secret", "cursors"), "login", sealed));
  EXPECT_FALSE(unseal(derive_key("another secret", "cookies"), "login", sealed));
}

TEST(SecretBox, RefusesEveryChangedByteAndEveryShorterText) {
  const auto key = derive_key("s", "p");
  const auto sealed = seal(key, "c", "hello");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(unseal(key, "c", changed)) << i;
    EXPECT_FALSE(unseal(key, "c", sealed.substr(0, i))) << i;
  }
  EXPECT_FALSE(unseal(key, "c", sealed + "x"));
}

TEST(SecretBox, NeverSealsTheSameTwice) {
  const auto key = derive_key("s", "p");
  EXPECT_NE(seal(key, "c", "hello"), seal(key, "c", "hello"));
}

}  // namespace xzepr::crypto

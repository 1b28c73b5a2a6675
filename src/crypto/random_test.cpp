#include "crypto/random.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <gtest/gtest.h>

namespace xzepr::crypto {
namespace {

TEST(Random, GivesTheLengthAskedForAndNeverTheSameTwice) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(33).size(), 33U);
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(random_bytes(16)).second);
}

TEST(Random, Base62UsesLettersAndDigitsEvenly) {
  const std::string text = random_base62(62'000);
  ASSERT_EQ(text.size(), 62'000U);
  std::array<int, 128> counts{};
  for (const char c : text) {
    ASSERT_TRUE(std::isalnum(static_cast<unsigned char>(c)));
    ++counts[static_cast<std::size_t>(c)];
  }
  // 1,000 expected of each, deviation 31.4: ten deviations never happen by chance.
  for (int c = 0; c < 128; ++c) {
    if (std::isalnum(c) == 0) continue;
    EXPECT_NEAR(counts[static_cast<std::size_t>(c)], 1000, 314) << static_cast<char>(c);
  }
}

}  // namespace
}  // namespace xzepr::crypto

#include "limits/keyed_hash.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace xzepr::limits {
namespace {

TEST(KeyedHash, EveryByteAndTheLengthCount) {
  const HashKey key = random_hash_key();
  std::set<std::uint64_t> seen;
  std::string text;
  for (int size = 0; size < 40; ++size) {
    EXPECT_TRUE(seen.insert(keyed_hash(text, key)).second);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = '\x01';
      EXPECT_TRUE(seen.insert(keyed_hash(changed, key)).second);
    }
    text.push_back('\0');
  }
}

TEST(KeyedHash, DependsOnItsKey) {
  EXPECT_EQ(keyed_hash("a", {1, 2}), keyed_hash("a", {1, 2}));
  EXPECT_NE(keyed_hash("a", {1, 2}), keyed_hash("a", {1, 3}));
  EXPECT_NE(random_hash_key().first, random_hash_key().first);
}

}  // namespace
}  // namespace xzepr::limits

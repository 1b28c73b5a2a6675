#include "redis/address.hpp"

#include <gtest/gtest.h>

namespace xzepr::redis {
namespace {

Address parsed(std::string_view url) {
  auto address = parse_address(url);
  EXPECT_TRUE(address) << url;
  return address.value_or(Address{});
}

TEST(RedisAddress, ReadsAllParts) {
  const auto full = parsed("redis://app:s%40cret%2F@redis.example:6380/3");
  EXPECT_EQ(full.user, "app");
  EXPECT_EQ(full.password, "s@cret/");
  EXPECT_EQ(full.host, "redis.example");
  EXPECT_EQ(full.port, 6'380);
  EXPECT_EQ(full.database, 3U);
  EXPECT_EQ(full.place(), "redis.example:6380");
}

TEST(RedisAddress, AllButTheHostMayBeLeftOut) {
  EXPECT_EQ(parsed("redis://127.0.0.1").place(), "127.0.0.1:6379");
  EXPECT_EQ(parsed("redis://127.0.0.1/").database, 0U);
  EXPECT_EQ(parsed("redis://:secret@h").password, "secret");
  EXPECT_EQ(parsed("redis://[::1]:7000").place(), "[::1]:7000");
  EXPECT_EQ(parsed("redis://[::1]").host, "::1");
}

TEST(RedisAddress, RefusesWhatIsNone) {
  for (const auto* url :
       {"", "127.0.0.1", "http://h", "redis://", "redis://:6379", "redis://h:0", "redis://h:65536",
        "redis://h:x", "redis://h/x", "redis://h/65536", "redis://[::1", "redis://[::1]x", "redis://user@h",
        "redis://u:p%4@h", "redis://u:p%zz@h", "redis://h?x=1"})
    EXPECT_FALSE(parse_address(url)) << url;
}

TEST(RedisAddress, TlsIsTheOtherScheme) {
  EXPECT_TRUE(parsed("rediss://:secret@h:6380").is_tls);
  EXPECT_FALSE(parsed("redis://:secret@h:6380").is_tls);
}

TEST(RedisAddress, ARefusalHoldsNoPassword) {
  const auto refused = parse_address("rediss://:canary@h:x");
  ASSERT_FALSE(refused);
  EXPECT_FALSE((refused.error().detail + refused.error().hint).contains("canary"));
}

}  // namespace
}  // namespace xzepr::redis

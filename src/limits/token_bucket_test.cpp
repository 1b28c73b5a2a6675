#include "limits/token_bucket.hpp"

#include <gtest/gtest.h>

namespace xzepr::limits {
namespace {

using namespace std::chrono_literals;

constexpr auto opened = TokenBucket::Clock::time_point{} + 1000h;

TEST(TokenBucket, AdmitsItsCapacityAtOnceAndThenRefuses) {
  TokenBucket bucket(10, opened);
  for (std::uint32_t left = 10; left-- > 0;) {
    const Verdict verdict = bucket.take(10, opened);
    EXPECT_TRUE(verdict.is_admitted);
    EXPECT_EQ(verdict.limit, 10U);
    EXPECT_EQ(verdict.remaining, left);
    EXPECT_EQ(verdict.reset, std::chrono::seconds{(10 - left) * 6});
    EXPECT_EQ(verdict.retry_after, left == 0 ? 6s : 0s);
  }
  const Verdict refused = bucket.take(10, opened);
  EXPECT_FALSE(refused.is_admitted);
  EXPECT_EQ(refused.remaining, 0U);
  EXPECT_EQ(refused.reset, 60s);
  EXPECT_EQ(refused.retry_after, 6s);
}

TEST(TokenBucket, GivesATokenExactlyAfterRetryAfter) {
  TokenBucket bucket(10, opened);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(10, opened).is_admitted);
  EXPECT_FALSE(bucket.take(10, opened + 5999ms).is_admitted);
  EXPECT_TRUE(bucket.take(10, opened + 6s).is_admitted);
  EXPECT_FALSE(bucket.take(10, opened + 6s).is_admitted);
}

TEST(TokenBucket, SmallRefillsAddUp) {
  TokenBucket bucket(1, opened);
  EXPECT_TRUE(bucket.take(1, opened).is_admitted);
  for (int i = 1; i < 60'000; ++i) ASSERT_FALSE(bucket.take(1, opened + i * 1ms).is_admitted);
  EXPECT_TRUE(bucket.take(1, opened + 60s).is_admitted);
}

TEST(TokenBucket, OverAnHourAdmitsTheRateAndOneBurst) {
  TokenBucket bucket(100, opened);
  int admitted = 0;
  for (auto at = 0ms; at < 1h; at += 100ms) admitted += bucket.take(100, opened + at).is_admitted ? 1 : 0;
  EXPECT_NEAR(admitted, 100 * 60 + 100, 1);
}

TEST(TokenBucket, IsNeverFullerThanItsCapacity) {
  TokenBucket bucket(5, opened);
  EXPECT_EQ(bucket.take(5, opened + 24h).remaining, 4U);
}

TEST(TokenBucket, AChangedRateCountsAtOnceAndAddsNothing) {
  TokenBucket bucket(10, opened);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(10, opened).is_admitted);
  EXPECT_FALSE(bucket.take(1000, opened).is_admitted);
  EXPECT_EQ(bucket.take(600, opened + 1s).remaining,
            15U);  // refilled by the rate of 1,000 that held until now
  EXPECT_EQ(bucket.take(3, opened + 1s).remaining, 2U);
}

TEST(TokenBucket, ARateOfZeroAdmitsNothing) {
  TokenBucket bucket(0, opened);
  const Verdict verdict = bucket.take(0, opened + 24h);
  EXPECT_FALSE(verdict.is_admitted);
  EXPECT_GT(verdict.retry_after, 0s);
}

TEST(TokenBucket, TimeThatGoesBackTakesNothingAway) {
  TokenBucket bucket(2, opened);
  EXPECT_TRUE(bucket.take(2, opened + 10s).is_admitted);
  EXPECT_TRUE(bucket.take(2, opened).is_admitted);
  EXPECT_FALSE(bucket.take(2, opened + 10s).is_admitted);
}

TEST(TokenBucket, KnowsWhetherItIsFullOrExhausted) {
  TokenBucket bucket(2, opened);
  EXPECT_TRUE(bucket.is_full(opened));
  EXPECT_TRUE(bucket.take(2, opened).is_admitted);
  EXPECT_FALSE(bucket.is_full(opened));
  EXPECT_FALSE(bucket.is_exhausted(opened));
  EXPECT_TRUE(bucket.take(2, opened).is_admitted);
  EXPECT_TRUE(bucket.is_exhausted(opened));
  EXPECT_TRUE(bucket.is_full(opened + 60s));
}

TEST(TokenBucket, SettlesOnWhatASharedBucketHolds) {
  TokenBucket bucket(10, opened);
  EXPECT_EQ(bucket.take(10, opened).remaining, 9U);
  bucket.settle(10, 2.5, opened);
  EXPECT_EQ(bucket.take(10, opened).remaining, 1U);
  bucket.settle(10, 99, opened + 1s);
  EXPECT_TRUE(bucket.is_full(opened + 1s)) << "never more than it can hold";
  bucket.settle(10, -1, opened + 1s);
  EXPECT_EQ(bucket.take(10, opened + 1s).retry_after, 6s);
}

}  // namespace
}  // namespace xzepr::limits

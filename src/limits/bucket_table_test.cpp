#include "limits/bucket_table.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace xzepr::limits {
namespace {

using namespace std::chrono_literals;

constexpr auto start = TokenBucket::Clock::time_point{} + 1000h;

std::string name_of(int i) { return "account:" + std::to_string(i); }

void exhaust(BucketTable& table, std::string_view key, std::uint32_t rpm,
             TokenBucket::Clock::time_point now) {
  while (table.take(key, rpm, now).is_admitted) {
  }
}

TEST(BucketTable, EachKeyHasItsOwnBucket) {
  BucketTable table;
  exhaust(table, "a", 5, start);
  EXPECT_FALSE(table.take("a", 5, start).is_admitted);
  EXPECT_EQ(table.take("b", 5, start).remaining, 4U);
  EXPECT_EQ(table.size(), 2U);
}

// Row B12 of the attacks: a million other names do not buy one more try.
TEST(BucketTable, FillingTheTableDoesNotFreeACallerOverTheLimit) {
  BucketTable table;
  exhaust(table, "account:victim", 5, start);
  for (int i = 0; i < 1'000'000; ++i) static_cast<void>(table.take(name_of(i), 5, start));
  EXPECT_FALSE(table.take("account:victim", 5, start).is_admitted);
  EXPECT_LE(table.size(), 100'000U);
}

// A bucket of one token is no longer exhausted, and forgotten it would be full.
TEST(BucketTable, NeitherDoesItFreeACallerWhoWasAMomentAgo) {
  BucketTable table;
  exhaust(table, "account:victim", 10, start);
  const auto later = start + 20s;  // three tokens
  for (int i = 0; i < 1'000'000; ++i) static_cast<void>(table.take(name_of(i), 10, later));
  int admitted = 0;
  while (table.take("account:victim", 10, later).is_admitted) ++admitted;
  EXPECT_LE(admitted, 3);
}

TEST(BucketTable, FillingItWithExhaustedKeysDoesNotFreeACallerEither) {
  BucketTable table(640);
  exhaust(table, "account:victim", 5, start);
  for (int i = 0; i < 20'000; ++i) {
    for (int attempt = 0; attempt < 6; ++attempt) static_cast<void>(table.take(name_of(i), 5, start));
  }
  EXPECT_FALSE(table.take("account:victim", 5, start).is_admitted);
  EXPECT_LE(table.size(), 640U);
}

TEST(BucketTable, KeysThatFindNoRoomShareOneLimit) {
  BucketTable table(64);  // one key in each stripe
  int admitted = 0;
  for (int i = 0; i < 10'000; ++i) {
    while (table.take(name_of(i), 5, start).is_admitted) ++admitted;
  }
  EXPECT_EQ(admitted, 64 * (5 + 5));  // the one that is kept, and the shared one
  EXPECT_TRUE(table.take("newcomer", 5, start + 60s).is_admitted);
}

TEST(BucketTable, AFullBucketIsForgottenBeforeOneInUse) {
  BucketTable table(2 * 64);
  static_cast<void>(table.take("slow", 2, start));
  auto now = start;
  for (int i = 0; i < 400; ++i)
    static_cast<void>(table.take(name_of(i), 1'000, now += 60ms));  // each full at the next
  EXPECT_EQ(table.take("slow", 2, now).remaining, 0U);
}

TEST(BucketTable, TheMostRecentlyUsedKeysStay) {
  BucketTable table(64 * 16);
  static_cast<void>(table.take("busy", 60, start));
  std::uint32_t expected = 58;
  for (int i = 0; i < 50 * 64; ++i) {
    static_cast<void>(table.take(name_of(i), 60, start));
    if (i % 64 != 0) continue;
    EXPECT_EQ(table.take("busy", 60, start).remaining, expected--);
  }
}

TEST(BucketTable, CountsExactlyFromManyThreads) {
  BucketTable table;
  std::atomic<int> admitted = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1'000; ++i) admitted += table.take("shared", 700, start).is_admitted ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(admitted, 700);
}

TEST(BucketTable, SettlesOnlyWhatItKeeps) {
  BucketTable table;
  static_cast<void>(table.take("a", 5, start));
  table.settle("a", 5, 1, start);
  table.settle("b", 5, 1, start);
  EXPECT_EQ(table.take("a", 5, start).remaining, 0U);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.take("b", 5, start).remaining, 4U);
}

}  // namespace
}  // namespace xzepr::limits

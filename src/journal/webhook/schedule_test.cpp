#include "journal/webhook/schedule.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;

const TimePoint failed_at{1'700'000'000s};
constexpr std::uint32_t middle = 0x8000'0000;
constexpr std::uint32_t most = 0xFFFF'FFFF;

std::chrono::microseconds delay(std::uint32_t attempt, std::uint32_t random,
                                std::optional<TimePoint> retry_after = std::nullopt) {
  return next_attempt(attempt, failed_at, random, retry_after).value() - failed_at;
}

}  // namespace

TEST(WebhookSchedule, G13WaitsLongerEachTimeAndThenGivesUp) {
  const std::vector<std::chrono::seconds> expected = {5s, 5min, 30min, 2h, 5h, 10h, 10h};
  for (std::uint32_t attempt = 1; attempt <= expected.size(); ++attempt) {
    const auto after = expected[attempt - 1];
    EXPECT_EQ(std::chrono::round<std::chrono::seconds>(delay(attempt, middle)), after) << attempt;
    EXPECT_EQ(delay(attempt, 0), after * 9 / 10.0) << attempt;
    EXPECT_EQ(delay(attempt, most), after * 11 / 10.0) << attempt;
  }
  EXPECT_FALSE(next_attempt(attempts_max, failed_at, middle));
  EXPECT_FALSE(next_attempt(attempts_max + 1, failed_at, middle));
  EXPECT_FALSE(next_attempt(most, failed_at, middle, failed_at + 1h));
}

TEST(WebhookSchedule, G13SpreadsWhatFailedTogether) {
  auto last = delay(1, 0);
  for (std::uint32_t random = 0x1000'0000; random >= 0x1000'0000; random += 0x1000'0000) {
    EXPECT_GT(delay(1, random), last);
    last = delay(1, random);
  }
}

TEST(WebhookSchedule, G13HonoursRetryAfterWhenItIsLater) {
  EXPECT_EQ(delay(1, middle, failed_at + 1h), 1h);
  EXPECT_EQ(delay(1, middle, failed_at + 1s), delay(1, middle));
  EXPECT_EQ(delay(1, middle, failed_at - 1h), delay(1, middle));
  EXPECT_EQ(delay(4, middle, failed_at + 1h), delay(4, middle));
  EXPECT_EQ(delay(1, middle, failed_at + 24h), 24h);
  EXPECT_EQ(delay(1, middle, failed_at + 25h), 24h);
  EXPECT_EQ(delay(7, most, failed_at + std::chrono::days{3'653}), 24h);
}

}  // namespace xzepr::journal::webhook

#include "journal/webhook/schedule.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/assert.hpp"

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, attempts_max - 1> delays = {5s, 5min, 30min, 2h, 5h, 10h, 10h};
constexpr auto retry_after_max = 24h;

// From a tenth less to a tenth more.
std::chrono::microseconds with_jitter(std::chrono::microseconds delay, std::uint32_t random) {
  const std::int64_t span = delay.count() / 5;
  const auto share = static_cast<double>(random) / std::numeric_limits<std::uint32_t>::max();
  return delay - std::chrono::microseconds{span / 2} +
         std::chrono::microseconds{static_cast<std::int64_t>(static_cast<double>(span) * share)};
}

}  // namespace

std::optional<TimePoint> next_attempt(std::uint32_t attempt, TimePoint now, std::uint32_t random,
                                      std::optional<TimePoint> retry_after) {
  XZEPR_ASSERT(attempt > 0);
  if (attempt >= attempts_max) return std::nullopt;
  const TimePoint scheduled = now + with_jitter(delays[attempt - 1], random);
  if (!retry_after) return scheduled;
  return std::max(scheduled, std::min(*retry_after, TimePoint{now + retry_after_max}));
}

}  // namespace xzepr::journal::webhook

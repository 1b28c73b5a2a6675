// Token buckets, pure: capacity rpm, refilled rpm/60 a second. The caller gives the time.
#pragma once

#include <chrono>
#include <cstdint>

namespace xzepr::limits {

/// What one request was told. `reset` is the time until the bucket is full, `retry_after` until one token is
/// there (0 while one is); both are rounded up.
struct Verdict {
  bool is_admitted;
  std::uint32_t limit;
  std::uint32_t remaining;
  std::chrono::seconds reset;
  std::chrono::seconds retry_after;
};

/// What a caller is told whose bucket holds `tokens` after the request.
[[nodiscard]] Verdict verdict_of(bool is_admitted, double tokens, std::uint32_t rpm);

class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  TokenBucket(std::uint32_t rpm, Clock::time_point now);
  /// Takes one token when there is one. A changed `rpm` takes effect at once and never adds tokens.
  [[nodiscard]] Verdict take(std::uint32_t rpm, Clock::time_point now);
  /// Makes it hold what a bucket that is shared with others is known to hold now.
  void settle(std::uint32_t rpm, double tokens, Clock::time_point now);

  /// Nothing would be lost by forgetting it.
  [[nodiscard]] bool is_full(Clock::time_point now) const;
  /// The next take would be refused.
  [[nodiscard]] bool is_exhausted(Clock::time_point now) const;

 private:
  [[nodiscard]] double tokens_at(Clock::time_point now) const;
  void refill(Clock::time_point now);

  std::uint32_t rpm_;
  double tokens_;
  Clock::time_point filled_at_;
};

}  // namespace xzepr::limits

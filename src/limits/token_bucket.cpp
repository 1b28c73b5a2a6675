#include "limits/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace xzepr::limits {
namespace {

// Sixty refills of a sixtieth must give a whole token in spite of rounding.
constexpr double rounding = 1e-6;

// What a caller is told who will never get a token.
constexpr auto never = std::chrono::seconds{3'600};

std::chrono::seconds time_for(double tokens, std::uint32_t rpm) {
  if (tokens <= rounding) return std::chrono::seconds{0};
  if (rpm == 0) return never;
  return std::chrono::seconds{static_cast<std::int64_t>(std::ceil((tokens - rounding) * 60 / rpm))};
}

}  // namespace

Verdict verdict_of(bool is_admitted, double tokens, std::uint32_t rpm) {
  return {.is_admitted = is_admitted,
          .limit = rpm,
          .remaining = static_cast<std::uint32_t>(tokens + rounding),
          .reset = time_for(rpm - tokens, rpm),
          .retry_after = time_for(1 - tokens, rpm)};
}

TokenBucket::TokenBucket(std::uint32_t rpm, Clock::time_point now)
    : rpm_(rpm), tokens_(rpm), filled_at_(now) {}

double TokenBucket::tokens_at(Clock::time_point now) const {
  // Two threads may read the clock in one order and come here in the other.
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - filled_at_).count());
  return std::min<double>(rpm_, tokens_ + seconds * rpm_ / 60);
}

void TokenBucket::refill(Clock::time_point now) {
  tokens_ = tokens_at(now);
  filled_at_ = std::max(filled_at_, now);
}

Verdict TokenBucket::take(std::uint32_t rpm, Clock::time_point now) {
  refill(now);
  rpm_ = rpm;
  tokens_ = std::min<double>(tokens_, rpm);
  const bool is_admitted = tokens_ >= 1 - rounding;
  if (is_admitted) tokens_ = std::max(0.0, tokens_ - 1);
  return verdict_of(is_admitted, tokens_, rpm);
}

void TokenBucket::settle(std::uint32_t rpm, double tokens, Clock::time_point now) {
  rpm_ = rpm;
  tokens_ = std::clamp<double>(tokens, 0.0, rpm);
  filled_at_ = std::max(filled_at_, now);
}

bool TokenBucket::is_full(Clock::time_point now) const { return tokens_at(now) >= rpm_ - rounding; }

bool TokenBucket::is_exhausted(Clock::time_point now) const { return tokens_at(now) < 1 - rounding; }

}  // namespace xzepr::limits

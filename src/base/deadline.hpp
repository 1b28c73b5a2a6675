// The moment by which a request must be answered, given once at the edge and passed down.
#pragma once

#include <algorithm>
#include <chrono>

namespace xzepr {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit constexpr Deadline(Clock::time_point at) : at_(at) {}
  [[nodiscard]] static Deadline after(Clock::duration duration) { return Deadline(Clock::now() + duration); }

  [[nodiscard]] Clock::time_point at() const { return at_; }
  [[nodiscard]] bool has_passed() const { return Clock::now() >= at_; }
  /// Never negative.
  [[nodiscard]] std::chrono::milliseconds remaining() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(at_ - Clock::now());
    return std::max(left, std::chrono::milliseconds{0});
  }

 private:
  Clock::time_point at_;
};

}  // namespace xzepr

// Wall-clock time as a value. Code below the edge receives it; only the edge and background loops read a
// Clock.
#pragma once

#include <chrono>

namespace xzepr {

/// UTC with microseconds, as both stores keep it.
using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;  // any thread
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

}  // namespace xzepr

// One coroutine waits; any thread wakes it.
#pragma once

#include <chrono>
#include <memory>

#include "base/task.hpp"

namespace xzepr {

class Wake {
 public:
  explicit Wake(asio::io_context& loop);
  ~Wake();
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  /// Any thread, never waits; cheap while a wake-up is pending already. The loop must outlive the calls.
  void notify();
  /// On the loop, one caller at a time. Returns at the next wake-up, at once when one came since the last
  /// wait, and at `time`. It may return for no reason, too.
  [[nodiscard]] Task<> wait_until(std::chrono::steady_clock::time_point time);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xzepr

// What the shards of one node know together of their connections to Redis: one line in the log when it is
// lost and one when it is back, however many shards there are. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::redis {

class Link {
 public:
  /// `place` is where Redis is, for the log; `clients` is how many will connect.
  Link(std::string place, std::size_t clients, telemetry::Log& log, telemetry::Metrics& metrics);

  /// A client answers from now on.
  void found();
  /// A client could not connect, or (`was_up`) has lost what it had.
  void lost(std::string_view why, bool was_up);
  /// Every client answers.
  [[nodiscard]] bool is_up() const { return up_count_.load(std::memory_order_relaxed) == clients_; }

 private:
  std::string place_;
  std::size_t clients_;
  telemetry::Log& log_;
  telemetry::Gauge up_;
  telemetry::Counter losses_;
  std::atomic<std::size_t> up_count_ = 0;
  std::atomic<bool> is_loss_told_ = false;
};

}  // namespace xzepr::redis

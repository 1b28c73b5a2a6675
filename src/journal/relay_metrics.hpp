// What is told of one sink: its lag, what was sent, what went wrong, who drives it. Any thread.
#pragma once

#include <atomic>
#include <string_view>

#include "journal/relay.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::journal {

class RelayMetrics {
 public:
  RelayMetrics(telemetry::Metrics& metrics, std::string_view sink);

  void set_pending(std::int64_t rows);
  void set_state(RelayState state);
  void add(const Delivery& delivery);
  void add_dead_letter() { dead_letters_.add(); }
  /// From a row's commit to its delivery.
  void observe_lag(std::chrono::microseconds lag);

 private:
  telemetry::Gauge pending_;
  telemetry::Gauge driving_;
  telemetry::Gauge blocked_;
  telemetry::Counter sent_;
  telemetry::Counter refused_;
  telemetry::Counter interruptions_;
  telemetry::Counter dead_letters_;
  telemetry::Histogram lag_;
};

}  // namespace xzepr::journal

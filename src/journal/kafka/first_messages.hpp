// A broker that does not know a producer yet takes its messages from any number on. Were two of a partition
// on the way and the first of them refused, the second would arrive without it, and librdkafka would take its
// acknowledgement for both. So the first message for each partition goes alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

namespace xzepr::journal::kafka {

/// Of one producer. Any thread.
class FirstMessages {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  void begin(std::int32_t partitions);
  /// Whether a message for the partition may be sent now. It is then taken to be on its way.
  [[nodiscard]] bool admit(std::int32_t partition, Instant now);
  /// It is not on its way after all.
  void withdraw(std::int32_t partition);
  void acknowledged(std::int32_t partition, Instant now);

 private:
  struct Place {
    bool is_first_out = false;
    Instant known_until{};
  };

  std::mutex mutex_;
  std::vector<Place> places_;  // guarded by mutex_; by partition
};

}  // namespace xzepr::journal::kafka

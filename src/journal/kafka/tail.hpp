// The end of a topic: what arrived there and nobody could note any more, because a process died or a
// connection broke. It is not sent once more.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <string>
#include <string_view>
#include <unordered_set>

#include "journal/kafka/settings.hpp"
#include "telemetry/log.hpp"

namespace xzepr::journal::kafka {

/// Bodies of messages, each once; of too many bytes the latest.
class Tail {
 public:
  explicit Tail(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  Tail(Tail&&) = default;
  Tail& operator=(Tail&&) = default;

  void add(std::string body);
  [[nodiscard]] bool contains(std::string_view body) const { return known_.contains(body); }
  [[nodiscard]] bool is_empty() const { return bodies_.empty(); }
  void clear();

 private:
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::deque<std::string> bodies_;              // oldest first
  std::unordered_set<std::string_view> known_;  // of bodies_
};

struct TailWindow {
  std::int64_t rows_max = 512;  ///< of each partition
  std::size_t bytes_max = 16 * 1'048'576;
  std::chrono::milliseconds patience{2'000};
};

struct TailRead {
  Tail tail;
  std::future<void> closed =
      {};  ///< when the consumer has ended: about a second later; its end waits for that
};

/// Reads what is durable at the end of each partition of `settings.topic`, in a consumer of its own that
/// joins no group. What it cannot read in time, or may not read, is left out. Waits; `is_ending` cuts it
/// short.
[[nodiscard]] TailRead read_tail(const Settings& settings, std::int32_t partitions, TailWindow window,
                                 const std::atomic<bool>& is_ending, telemetry::Log& log);

}  // namespace xzepr::journal::kafka

// The newest messages of the journal in memory, one for the process, while somebody listens. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <vector>

#include "base/wake.hpp"
#include "journal/live/live_message.hpp"

namespace xzepr::journal::live {

inline constexpr std::size_t tail_bytes_max = 32 * 1'048'576;
inline constexpr std::size_t tail_messages_max = 20'000;

class Tail {
 public:
  /// What the tail has after a position.
  struct Read {
    std::vector<Shown> messages;
    bool is_behind = false;  ///< what follows the position is not here: the journal has it
  };

  /// `on_listener` is called when the first one comes; from its thread.
  explicit Tail(std::function<void()> on_listener) : on_listener_(std::move(on_listener)) {}
  Tail(const Tail&) = delete;
  Tail& operator=(const Tail&) = delete;

  /// `wake` hears of whatever comes. It must be taken out before it ends.
  void listen(Wake& wake);
  void leave(Wake& wake);
  [[nodiscard]] bool has_listeners() const { return listener_count_.load(std::memory_order_relaxed) > 0; }

  /// At most `bytes_max` bytes of bodies, but one message at least when there is one.
  [[nodiscard]] Read read(std::int64_t after, std::size_t bytes_max) const;

  // The feeder's.

  /// nullopt: nobody listened, and it begins somewhere else.
  [[nodiscard]] std::optional<std::int64_t> position() const;
  void begin(std::int64_t position);
  void append(std::vector<Shown> messages);
  void forget();

 private:
  const std::function<void()> on_listener_;
  std::atomic<std::size_t> listener_count_ = 0;

  mutable std::mutex mutex_;
  std::set<Wake*> listeners_;             // guarded by mutex_
  std::deque<Shown> messages_;            // guarded by mutex_; without a gap, the last one at position_
  std::optional<std::int64_t> position_;  // guarded by mutex_
  std::size_t bytes_ = 0;                 // guarded by mutex_
};

}  // namespace xzepr::journal::live

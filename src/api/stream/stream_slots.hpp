// How many streams there are, and may be, on this node. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/error.hpp"
#include "base/ulid.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::api::stream {

class StreamSlots;

/// One stream of a user, for as long as this lives.
class StreamSlot {
 public:
  StreamSlot(StreamSlots& slots, UserId user) : slots_(&slots), user_(user) {}
  StreamSlot(StreamSlot&& other) noexcept
      : slots_(std::exchange(other.slots_, nullptr)), user_(other.user_) {}
  StreamSlot& operator=(StreamSlot&&) = delete;
  ~StreamSlot();

 private:
  StreamSlots* slots_;
  UserId user_;
};

class StreamSlots {
 public:
  struct Bounds {
    std::size_t of_user;
    std::size_t of_node;
  };

  StreamSlots(Bounds bounds, telemetry::Metrics& metrics);

  /// Errc::rate_limited "stream_limit" when this user has as many as a user may, Errc::unavailable
  /// "unavailable" when the node has.
  [[nodiscard]] Result<StreamSlot> take(UserId user);

 private:
  friend StreamSlot;
  void give_back(UserId user);

  const Bounds bounds_;
  telemetry::Gauge gauge_;
  std::mutex mutex_;
  std::unordered_map<UserId, std::size_t> counts_;  // guarded by mutex_; no zeros
  std::size_t count_ = 0;                           // guarded by mutex_
};

}  // namespace xzepr::api::stream

// Events that were read lately, in memory: an event never changes, so what was read once stays right. One per
// shard, used on that shard only. Who may see an event is asked at every read, never kept.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/limits.hpp"
#include "domain/event.hpp"

namespace xzepr::service {

struct HotEvent {
  explicit HotEvent(domain::Event read) : event(std::move(read)) {}

  const domain::Event event;
  /// As the edge answers it; the edge fills it at the first answer, so that it is rendered once.
  mutable std::string text;
};

class EventCache {
 public:
  explicit EventCache(std::size_t bytes_max = limits::event_cache_bytes_max) : bytes_max_(bytes_max) {}

  /// Null when it is not kept.
  [[nodiscard]] std::shared_ptr<const HotEvent> find(EventId id);
  /// Keeps it, and lets go of those that were not asked for the longest. One that alone would take a large
  /// part of the room is handed back and not kept.
  std::shared_ptr<const HotEvent> keep(domain::Event event);

  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  struct Kept {
    std::shared_ptr<const HotEvent> event;
    std::size_t bytes;
  };
  using Order = std::list<Kept>;

  void let_go();

  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  Order order_;  // the one that was asked for last stands first
  std::unordered_map<EventId, Order::iterator> places_;
};

}  // namespace xzepr::service

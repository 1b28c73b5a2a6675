#include "service/event_cache.hpp"

namespace xzepr::service {
namespace {

constexpr std::size_t share_max = 16;  // one event takes at most this part of the room

// The event, its text (all of it again, with names and ids around it), and the places in list and map.
std::size_t bytes_of(const domain::Event& event) {
  constexpr std::size_t fixed_bytes = 1'600;
  const auto& artifact = event.artifact;
  return fixed_bytes + 2 * (event.payload.size() + event.description.size() + artifact.name.size() +
                            artifact.version.size() + artifact.release.size() + artifact.platform_id.size() +
                            artifact.package.size());
}

}  // namespace

std::shared_ptr<const HotEvent> EventCache::find(EventId id) {
  const auto place = places_.find(id);
  if (place == places_.end()) return nullptr;
  order_.splice(order_.begin(), order_, place->second);
  return place->second->event;
}

std::shared_ptr<const HotEvent> EventCache::keep(domain::Event event) {
  const auto bytes = bytes_of(event);
  const auto id = event.id;
  auto kept = std::make_shared<const HotEvent>(std::move(event));
  if (bytes > bytes_max_ / share_max || places_.contains(id)) return kept;
  order_.push_front({.event = kept, .bytes = bytes});
  places_.emplace(id, order_.begin());
  bytes_ += bytes;
  while (bytes_ > bytes_max_) let_go();
  return kept;
}

void EventCache::let_go() {
  bytes_ -= order_.back().bytes;
  places_.erase(order_.back().event->event.id);
  order_.pop_back();
}

}  // namespace xzepr::service

// Events that match a search, among those that the other filters leave. With the help of the index when it
// proposes few, else by walking the list in its order. On one shard.
#pragma once

#include <optional>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/event_search.hpp"
#include "store/event_store.hpp"
#include "store/search_store.hpp"

namespace xzepr::service {

struct FoundEvents {
  std::vector<domain::Event> events;  ///< in the query's order, at most its limit
  /// Set when limits::search_rows_max events were looked at before the limit was reached: go on after this
  /// one.
  std::optional<EventId> stopped_at;
};

class EventSearcher {
 public:
  EventSearcher(store::EventStore& events, store::SearchStore& index) : events_(events), index_(index) {}

  [[nodiscard]] Task<Result<FoundEvents>> page(store::EventQuery query, const domain::EventSearch& search,
                                               Deadline deadline);
  /// All of them, however long it takes: "deadline_exceeded".
  [[nodiscard]] Task<Result<std::uint64_t>> count(store::EventQuery query, const domain::EventSearch& search,
                                                  Deadline deadline);

 private:
  struct Walk;
  [[nodiscard]] Task<Result<void>> walk(Walk& walk, Deadline deadline);
  [[nodiscard]] Task<Result<void>> walk_candidates(Walk& walk, std::vector<EventId> ids, Deadline deadline);
  [[nodiscard]] Task<Result<void>> walk_list(Walk& walk, Deadline deadline);

  store::EventStore& events_;
  store::SearchStore& index_;
};

/// The query's filters as the stores apply them; order, after and limit aside. Pure.
[[nodiscard]] bool passes(const store::EventQuery& query, const domain::Event& event);

}  // namespace xzepr::service

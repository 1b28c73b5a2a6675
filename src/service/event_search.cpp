#include "service/event_search.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "domain/search_terms.hpp"
#include "service/filter.hpp"

namespace xzepr::service {
namespace {

// Payloads may be large: not many are held at once.
constexpr std::size_t candidates_read_max = 64;
constexpr std::size_t rows_read_first = 100;  // a frequent word fills its page soon
constexpr std::size_t rows_read_max = 250;

bool passes_artifact(const store::EventQuery& query, const domain::Artifact& artifact) {
  return is_equal_or_any(query.name, artifact.name) && is_equal_or_any(query.version, artifact.version) &&
         is_equal_or_any(query.release, artifact.release) &&
         is_equal_or_any(query.platform_id, artifact.platform_id) &&
         is_equal_or_any(query.package, artifact.package);
}

bool passes_times(const store::EventQuery& query, const domain::Event& event) {
  return (!query.since || event.created_at >= *query.since) &&
         (!query.until || event.created_at < *query.until) &&
         (!query.start_since || event.event_start >= *query.start_since) &&
         (!query.end_until || event.event_end < *query.end_until);
}

}  // namespace

bool passes(const store::EventQuery& query, const domain::Event& event) {
  return passes_artifact(query, event.artifact) && passes_times(query, event) &&
         (!query.success || event.success == *query.success) &&
         (!query.receivers ||
          std::ranges::find(*query.receivers, event.receiver_id) != query.receivers->end());
}

// What one call looks for, and what it has found so far.
struct EventSearcher::Walk {
  store::EventQuery query;
  const domain::EventSearch& search;
  bool keeps_events;
  std::size_t wanted;    // stop when so many are found
  std::size_t rows_max;  // or when so many were looked at
  std::size_t rows = 0;
  std::uint64_t found = 0;
  std::vector<domain::Event> events = {};
  std::optional<EventId> stopped_at = std::nullopt;

  [[nodiscard]] bool is_over() const { return found >= wanted || stopped_at; }
  [[nodiscard]] bool is_ascending() const { return query.order == store::SortOrder::ascending; }

  void look_at(domain::Event&& event) {
    ++rows;
    if (!search.matches(event)) return;
    ++found;
    if (keeps_events) events.push_back(std::move(event));
  }
  // In the query's order; only those after its cursor.
  void sort(std::vector<EventId>& ids) const {
    std::ranges::sort(ids);
    if (!is_ascending()) std::ranges::reverse(ids);
    if (!query.after) return;
    std::erase_if(ids,
                  [this](EventId id) { return is_ascending() ? id <= *query.after : id >= *query.after; });
  }
};

Task<Result<void>> EventSearcher::walk_candidates(Walk& walk, std::vector<EventId> ids, Deadline deadline) {
  walk.sort(ids);
  for (std::size_t at = 0; at < ids.size() && !walk.is_over(); at += candidates_read_max) {
    if (deadline.has_passed()) co_return deadline_exceeded();
    const auto end = std::min(ids.size(), at + candidates_read_max);
    std::vector<EventId> slice(ids.begin() + static_cast<std::ptrdiff_t>(at),
                               ids.begin() + static_cast<std::ptrdiff_t>(end));
    auto events = co_await index_.read(std::move(slice), deadline);
    std::ranges::sort(events, {}, &domain::Event::id);
    if (!walk.is_ascending()) std::ranges::reverse(events);
    for (auto& event : events) {
      if (passes(walk.query, event) && !walk.is_over()) walk.look_at(std::move(event));
    }
  }
  co_return Result<void>();
}

Task<Result<void>> EventSearcher::walk_list(Walk& walk, Deadline deadline) {
  for (std::size_t asked = rows_read_first; !walk.is_over(); asked = std::min(2 * asked, rows_read_max)) {
    if (deadline.has_passed()) co_return deadline_exceeded();
    walk.query.limit = asked;
    store::EventQuery query = walk.query;
    auto rows = co_await events_.list(std::move(query), deadline);
    for (auto& event : rows) {
      walk.query.after = event.id;
      walk.look_at(std::move(event));
      if (walk.is_over()) co_return Result<void>();
    }
    if (rows.size() < asked) co_return Result<void>();
    if (walk.rows >= walk.rows_max) walk.stopped_at = walk.query.after;
  }
  co_return Result<void>();
}

Task<Result<void>> EventSearcher::walk(Walk& walk, Deadline deadline) {
  auto terms = domain::terms_of(walk.search);
  auto ids = co_await index_.candidates(std::move(terms), limits::search_rows_max, deadline);
  if (ids) co_return co_await walk_candidates(walk, *std::move(ids), deadline);
  co_return co_await walk_list(walk, deadline);
}

Task<Result<FoundEvents>> EventSearcher::page(store::EventQuery query, const domain::EventSearch& search,
                                              Deadline deadline) {
  const auto wanted = query.limit;
  Walk looking{.query = std::move(query),
               .search = search,
               .keeps_events = true,
               .wanted = wanted,
               .rows_max = limits::search_rows_max};
  auto walked = co_await walk(looking, deadline);
  if (!walked) co_return std::unexpected(std::move(walked).error());
  FoundEvents found;
  found.events = std::move(looking.events);
  found.stopped_at = looking.stopped_at;
  co_return found;
}

Task<Result<std::uint64_t>> EventSearcher::count(store::EventQuery query, const domain::EventSearch& search,
                                                 Deadline deadline) {
  query.after = std::nullopt;
  constexpr auto all = std::numeric_limits<std::size_t>::max();
  Walk looking{
      .query = std::move(query), .search = search, .keeps_events = false, .wanted = all, .rows_max = all};
  auto walked = co_await walk(looking, deadline);
  if (!walked) co_return std::unexpected(std::move(walked).error());
  co_return looking.found;
}

}  // namespace xzepr::service

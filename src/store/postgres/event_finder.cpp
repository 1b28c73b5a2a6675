#include "store/postgres/event_finder.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "store/postgres/event_rows.hpp"

namespace xzepr::store::postgres {
namespace {

// Two: while one is answered the other is being gathered.
constexpr std::size_t under_way_max = 2;
constexpr std::size_t ids_max = 200;

const std::string find_events_text =
    fmt::format("SELECT {} FROM events AS e WHERE e.id = ANY($1::uuid[])", event_columns());
const Statement find_events_sql{"find_events", find_events_text.c_str()};

}  // namespace

const Statement& find_events_statement() { return find_events_sql; }

EventFinder::EventFinder(asio::io_context& loop, std::shared_ptr<Pool> pool, telemetry::Log& log)
    : pool_(std::move(pool)),
      tasks_(loop.get_executor(), [&log](std::string_view name, const std::exception& what) {
        log.error("store", "a read ended unexpectedly",
                  {{"task", name}, {"error", std::string_view(what.what())}});
      }) {}

void EventFinder::stop() { tasks_.cancel(); }

Task<std::optional<domain::Event>> EventFinder::find(EventId id, Deadline deadline) {
  const auto self = shared_from_this();
  auto found = co_await suspend<Found>([&self, id, deadline](Resume<Found> resume) {
    self->waiting_.push_back({id, deadline, std::move(resume)});
    self->serve_waiting();
  });
  if (auto* fault = std::get_if<PgFault>(&found)) throw PgFault(std::move(*fault));
  co_return std::move(std::get<std::optional<domain::Event>>(found));
}

void EventFinder::serve_waiting() {
  if (waiting_.empty() || under_way_ >= under_way_max) return;
  std::vector<Asked> asked;
  if (waiting_.size() <= ids_max) {
    asked.swap(waiting_);
  } else {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(ids_max);
    asked.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  ++under_way_;
  tasks_.spawn("find events", serve(shared_from_this(), std::move(asked)));
}

Task<> EventFinder::serve(std::shared_ptr<EventFinder> self, std::vector<Asked> asked) {
  std::vector<EventId> ids;
  ids.reserve(asked.size());
  auto deadline = asked.front().deadline;
  for (const auto& one : asked) {
    ids.push_back(one.id);
    if (one.deadline.at() > deadline.at()) deadline = one.deadline;
  }
  std::optional<PgFault> fault;
  std::unordered_map<EventId, domain::Event> events;
  try {
    Params params;
    params.ids(ids);
    const auto rows = co_await self->pool_->read(find_events_sql, std::move(params), deadline);
    for (int row = 0; row < rows.size(); ++row) events.emplace(rows.id<EventId>(row, 0), event_of(rows, row));
  } catch (const PgFault& thrown) {
    fault = thrown;
  } catch (const std::exception& thrown) {
    fault = PgFault(Fault::Kind::corrupt, thrown.what(), "", PgFault::Connection::usable);
  }
  --self->under_way_;
  for (auto& one : asked) {
    if (fault) {
      one.resume(*fault);
      continue;
    }
    const auto found = events.find(one.id);
    one.resume(found == events.end() ? std::optional<domain::Event>() : std::optional(found->second));
  }
  self->serve_waiting();
}

}  // namespace xzepr::store::postgres

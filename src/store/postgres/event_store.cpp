#include "store/postgres/event_store.hpp"

#include <algorithm>

#include "store/postgres/append_batch.hpp"
#include "store/postgres/event_query.hpp"
#include "store/postgres/event_rows.hpp"

namespace xzepr::store::postgres {

PostgresEventStore::PostgresEventStore(AppendWriter& writer, std::shared_ptr<Pool> pool,
                                       std::shared_ptr<EventFinder> finder)
    : writer_(writer), pool_(std::move(pool)), finder_(std::move(finder)) {}

Task<AppendOutcome> PostgresEventStore::append(AppendUnit unit) {
  return append_through(writer_, std::move(unit));
}

Task<std::vector<AppendOutcome>> PostgresEventStore::append_each(std::vector<AppendUnit> units) {
  return append_each_through(writer_, std::move(units));
}

Task<Result<std::optional<std::string>>> PostgresEventStore::find_replay(IdempotencyClaim claim,
                                                                         Deadline deadline) {
  const std::array claims{static_cast<const IdempotencyClaim*>(&claim)};
  Exchange exchange;
  exchange.push_back(read_answers(claims));
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  auto answers = answers_of(replies[0]);
  if (answers.empty()) co_return std::optional<std::string>();
  if (answers.front().claim.body_hash != claim.body_hash) co_return std::unexpected(idempotency_mismatch());
  co_return std::optional(std::move(answers.front().answer));
}

Task<std::optional<domain::Event>> PostgresEventStore::find(EventId id, Deadline deadline) {
  return finder_->find(id, deadline);
}

// There is no index of events by name: a name leads to artifacts, and they to their events. One with very
// many artifacts is so common that a walk meets a page of it soon.
Task<std::optional<std::vector<std::int64_t>>> PostgresEventStore::few_artifacts(const EventQuery& query,
                                                                                 Deadline deadline) {
  if (!query.name) co_return std::nullopt;
  auto named = artifacts_named(query);
  const auto rows = co_await pool_->read_planned(std::move(named), deadline);
  auto artifacts = numbers_of(rows);
  if (artifacts.size() > gathered_max) co_return std::nullopt;
  co_return artifacts;
}

Task<std::vector<domain::Event>> PostgresEventStore::list(EventQuery query, Deadline deadline) {
  // Each receiver is walked by itself: one that is named twice would give its events twice.
  if (query.receivers) {
    std::ranges::sort(*query.receivers);
    const auto repeats = std::ranges::unique(*query.receivers);
    query.receivers->erase(repeats.begin(), repeats.end());
  }
  const auto artifacts = co_await few_artifacts(query, deadline);
  auto planned = artifacts ? event_list(query, *artifacts) : event_list(query);
  const auto rows = co_await pool_->read_planned(std::move(planned), deadline);
  std::vector<domain::Event> events;
  events.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) events.push_back(event_of(rows, row));
  co_return events;
}

Task<std::uint64_t> PostgresEventStore::count(EventQuery query, Deadline deadline) {
  query.after.reset();
  const auto artifacts = co_await few_artifacts(query, deadline);
  auto planned = artifacts ? event_count(query, *artifacts) : event_count(query);
  co_return count_of(co_await pool_->read_planned(std::move(planned), deadline));
}

}  // namespace xzepr::store::postgres

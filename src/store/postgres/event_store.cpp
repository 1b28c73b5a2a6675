#include "store/postgres/event_store.hpp"

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

Task<std::vector<domain::Event>> PostgresEventStore::list(EventQuery query, Deadline deadline) {
  auto planned = event_list(query);
  const auto rows = co_await pool_->read_planned(std::move(planned.sql), std::move(planned.params), deadline);
  std::vector<domain::Event> events;
  events.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) events.push_back(event_of(rows, row));
  co_return events;
}

}  // namespace xzepr::store::postgres

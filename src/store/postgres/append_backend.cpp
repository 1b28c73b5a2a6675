#include "store/postgres/append_backend.hpp"

#include <algorithm>
#include <unordered_set>

namespace xzepr::store::postgres {
namespace {

using namespace std::chrono_literals;
constexpr auto pause_before_retry = 20ms;

struct KeyHash {
  std::size_t operator()(const std::pair<Uuid, Uuid>& key) const noexcept {
    return hash_bytes(key.first) ^ (hash_bytes(key.second) * 31);
  }
};
using KeySet = std::unordered_set<std::pair<Uuid, Uuid>, KeyHash>;

// Rows to update stand before rows to insert; the order of keys is kept in each part.
template <class Row, class Key>
std::size_t split_existing(std::vector<Row>& rows, std::span<const Row> before, Key key) {
  KeySet existing;
  existing.reserve(before.size());
  for (const auto& row : before) existing.insert(key(row));
  const auto rest =
      std::ranges::stable_partition(rows, [&](const Row& row) { return existing.contains(key(row)); });
  return static_cast<std::size_t>(rest.begin() - rows.begin());
}

std::pair<Uuid, Uuid> key_of(const domain::OutcomeRow& row) {
  return {uuid_of(row.artifact_id), uuid_of(row.receiver_id)};
}
std::pair<Uuid, Uuid> key_of(const domain::GateRow& row) {
  return {uuid_of(row.artifact_id), uuid_of(row.group_id)};
}

void add_outcome_writes(Exchange& exchange, std::vector<domain::OutcomeRow> rows,
                        const ArtifactState& state) {
  const auto known =
      split_existing<domain::OutcomeRow>(rows, state.outcomes, [](const auto& row) { return key_of(row); });
  const std::span all(rows);
  if (known > 0) exchange.push_back(update_outcomes(all.first(known), state.numbers));
  if (known < all.size()) exchange.push_back(insert_outcomes(all.subspan(known), state.numbers));
}

}  // namespace

void add_gate_writes(Exchange& exchange, std::vector<domain::GateRow> rows, const ArtifactState& state) {
  const auto known =
      split_existing<domain::GateRow>(rows, state.gates, [](const auto& row) { return key_of(row); });
  const std::span all(rows);
  if (known > 0) exchange.push_back(update_gates(all.first(known), state.numbers));
  if (known < all.size()) exchange.push_back(insert_gates(all.subspan(known), state.numbers));
}

Exchange write_folded(const AppendBatch& batch, const domain::Folded& folded, const ArtifactState& state,
                      Head head, TimePoint now) {
  Exchange exchange;
  exchange.reserve(9);
  add_outcome_writes(exchange, folded.outcomes, state);
  add_gate_writes(exchange, folded.gates, state);
  exchange.push_back(insert_journal(folded.journal, state.numbers));
  const auto answers = batch.answers_to_store(folded.answers);
  if (!answers.empty()) exchange.push_back(insert_answers(answers, now));
  head.position = folded.position;
  note_times(head, batch.events());
  exchange.push_back(set_head(head));
  exchange.push_back(postgres::commit());
  return exchange;
}

PostgresAppendBackend::PostgresAppendBackend(std::shared_ptr<Pool> pool, const Clock& clock, IdSource& ids,
                                             telemetry::Log& log)
    : pool_(std::move(pool)), clock_(clock), ids_(ids), log_(log) {}

Task<BatchOutcome> PostgresAppendBackend::commit(std::span<const AppendUnit* const> units,
                                                 Deadline deadline) {
  Work work{.batch = AppendBatch(units)};
  while (true) {
    std::optional<PgFault> fault;
    try {
      Step step;
      if (work.sent) step = co_await resolve(work, deadline);
      if (!step) step = co_await attempt(work, deadline);
      if (step) co_return std::move(*step);
    } catch (const PgFault& thrown) {
      fault = thrown;
    }
    if (!fault) continue;
    co_await leave_transaction(deadline);
    judge(work, *fault, deadline);
    co_await sleep_for(pause_before_retry);
  }
}

// Returns when the batch may be tried again.
void PostgresAppendBackend::judge(Work& work, const PgFault& fault, Deadline deadline) const {
  if (deadline.has_passed()) throw PgFault(fault);
  if (work.sent) {
    // Unknown: only the database can say. A duplicate id says that the first commit won, which resolve() will
    // see.
    const bool may_pass = fault.kind() == Fault::Kind::unavailable || fault.sqlstate() == "23505";
    if (!may_pass) throw PgFault(fault);
    if (fault.sqlstate() == "23505" && work.retries_left-- <= 0) throw PgFault(fault);
    return;
  }
  const bool is_worth_it = fault.is_connection_lost() || fault.is_transient() || fault.is_stale_statement();
  if (!is_worth_it || work.retries_left-- <= 0) throw PgFault(fault);
}

// Was the transaction committed whose COMMIT went out and whose answer never came?
Task<PostgresAppendBackend::Step> PostgresAppendBackend::resolve(Work& work, Deadline deadline) {
  connection_ = co_await pool_->acquire(deadline);
  Exchange exchange;
  exchange.push_back(event_exists(work.sent->first));
  const auto replies = co_await connection_->run(std::move(exchange), deadline);
  if (replies[0].is_empty()) co_return std::nullopt;
  log_.warn(log_target, "a commit whose answer was lost is stored");
  co_return work.batch.finish(std::move(work.sent->answers));
}

Task<PostgresAppendBackend::Step> PostgresAppendBackend::attempt(Work& work, Deadline deadline) {
  auto& batch = work.batch;
  connection_ = co_await pool_->acquire(deadline);
  const auto connection = connection_;
  Exchange exchange;
  exchange.reserve(6);
  exchange.push_back(begin());
  exchange.push_back(insert_events(batch.events()));
  exchange.push_back(insert_artifacts(batch.first_events()));
  exchange.push_back(lock_head());
  exchange.push_back(read_state(batch.first_events()));
  if (!batch.claims().empty()) exchange.push_back(read_answers(batch.claims()));
  auto replies = co_await connection->run(std::move(exchange), deadline);
  // The ids could be inserted (an insert waits for whoever holds them), so a commit in doubt did not happen.
  work.sent.reset();

  const auto head = head_of(replies[3]);
  if (!batch.is_at(head.catalogue_revision)) {
    co_await leave_transaction(deadline);
    co_return BatchStale{.revision = head.catalogue_revision};
  }
  if (replies.size() > 5 && !replies[5].is_empty()) {
    co_await leave_transaction(deadline);
    batch.settle_taken(answers_of(replies[5]));
    if (batch.is_settled()) co_return batch.finish({});
    co_return std::nullopt;
  }
  const auto state = state_of(replies[4]);
  const auto now = clock_.now();
  auto folded = domain::fold({.events = batch.events(),
                              .outcomes = state.outcomes,
                              .gates = state.gates,
                              .catalogue = batch.catalogue(),
                              .position = head.position,
                              .now = now},
                             ids_);
  auto writes = write_folded(batch, folded, state, head, now);
  work.sent = Sent{.first = batch.events().front()->id, .answers = std::move(folded.answers)};
  try {
    (void)co_await connection->run(std::move(writes), deadline);
  } catch (const PgFault& fault) {
    // The server itself said no on a connection that still stands: nothing was committed.
    if (!fault.is_connection_lost() && !fault.sqlstate().empty()) work.sent.reset();
    throw;
  }
  co_return batch.finish(std::move(work.sent->answers));
}

// After a fault, or to give a transaction up: a connection whose state is not known is not used again.
Task<> PostgresAppendBackend::leave_transaction(Deadline deadline) {
  const auto connection = std::exchange(connection_, nullptr);
  if (!connection || !connection->is_open()) co_return;
  bool is_left = false;
  if (connection->in_flight() == 0) {
    Exchange exchange;
    exchange.push_back(rollback());
    try {
      (void)co_await connection->run(std::move(exchange), deadline);
      is_left = true;
    } catch (const PgFault&) {
      is_left = false;
    }
  }
  if (!is_left) connection->close("a transaction could not be ended");
}

}  // namespace xzepr::store::postgres

#include "store/postgres/transactions.hpp"

#include <algorithm>

#include "store/catalogue_refusals.hpp"
#include "store/postgres/append_backend.hpp"
#include "store/postgres/append_batch.hpp"
#include "store/postgres/catalogue_sql.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr std::size_t sweep_slice_artifacts = 500;

constexpr Statement next_sweep_sql{"next_sweep", R"(
SELECT group_id, receiver_ids, after_artifact_no FROM gate_sweeps ORDER BY gate_revision, group_id LIMIT 1)"};
// Planned each time: between the index by receiver and a walk over all, only the table's present size decides
// well.
constexpr std::string_view sweep_artifacts_sql = R"(
SELECT DISTINCT one.artifact_no FROM unnest($1::uuid[]) AS receiver (id)
CROSS JOIN LATERAL (SELECT o.artifact_no FROM outcomes AS o
                    WHERE o.receiver_id = receiver.id AND o.artifact_no > $2::bigint
                    ORDER BY o.artifact_no LIMIT $3::bigint) AS one
ORDER BY one.artifact_no LIMIT $3::bigint)";
constexpr Statement move_sweep_sql{"move_sweep", R"(
UPDATE gate_sweeps SET after_artifact_no = $2::bigint WHERE group_id = $1::uuid)"};
constexpr Statement end_sweep_sql{"end_sweep", "DELETE FROM gate_sweeps WHERE group_id = $1::uuid"};

Call call(const Statement& statement) {
  Call made;
  made.statement = &statement;
  return made;
}

// What a constraint means to the caller; nothing when it is no rule of the catalogue.
std::optional<Error> error_of(const PgFault& fault, const CatalogueChange& change) {
  if (fault.constraint() == "user_identities_pkey") return identity_exists();
  if (fault.constraint() == "users_username_key")
    return Error{.kind = Errc::conflict, .code = "user_exists", .detail = "another user has this name"};
  if (fault.constraint() == "idx_webhooks_name") return webhook_exists();
  const bool deletes = std::ranges::any_of(
      change.writes, [](const auto& write) { return std::holds_alternative<DeleteReceiver>(write); });
  constexpr std::string_view foreign_key_violation = "23503";
  if (deletes && fault.sqlstate() == foreign_key_violation) return receiver_in_use();
  return std::nullopt;
}

bool has_events(const Replies& replies, std::size_t first, std::size_t count) {
  for (std::size_t at = first; at < first + count; ++at) {
    if (!replies[at].is_empty()) return true;
  }
  return false;
}

// Lock first; everything else is read under it.
Exchange open_change(const CatalogueChange& change, std::size_t& checks) {
  Exchange exchange;
  exchange.push_back(begin());
  exchange.push_back(lock_head());
  for (const auto& write : change.writes) {
    if (const auto* gone = std::get_if<DeleteReceiver>(&write))
      exchange.push_back(receiver_has_events(gone->id));
  }
  checks = exchange.size() - 2;
  if (change.claim) {
    const std::array claims{&*change.claim};
    exchange.push_back(read_answers(std::span<const IdempotencyClaim* const>(claims)));
  }
  return exchange;
}

Exchange write_change(const CatalogueChange& change, Head head, TimePoint now) {
  Exchange exchange;
  ++head.catalogue_revision;
  for (const auto& write : change.writes) add_write(exchange, write, head.catalogue_revision);
  auto journal = change.journal;
  for (auto& row : journal) row.position = ++head.position;
  if (!journal.empty()) exchange.push_back(insert_journal(journal, {}));
  if (change.claim) {
    const std::array answers{StoredAnswer{.claim = *change.claim, .answer = change.answer}};
    exchange.push_back(insert_answers(answers, now));
  }
  exchange.push_back(set_head(head));
  exchange.push_back(commit());
  return exchange;
}

bool may_retry(const PgFault& fault, bool is_commit_sent) {
  // An unknown commit is not tried again: its own effect would make the change look stale.
  if (is_commit_sent && fault.is_connection_lost()) return false;
  return fault.is_transient() || fault.is_connection_lost() || fault.is_stale_statement();
}

}  // namespace

struct Transactions::Sweep {
  GroupId group_id;
  std::vector<Uuid> receivers;
  std::int64_t after;
};

Transactions::Transactions(asio::io_context& loop, std::shared_ptr<Pool> pool, const Clock& clock,
                           IdSource& ids, telemetry::Log& log)
    : loop_(loop),
      pool_(std::move(pool)),
      clock_(clock),
      ids_(ids),
      tasks_(loop.get_executor(), [&log](std::string_view name, const std::exception& what) {
        log.error("store", "a transaction ended unexpectedly",
                  {{"task", name}, {"error", std::string_view(what.what())}});
      }) {}

void Transactions::stop() { tasks_.cancel(); }

void Transactions::submit(Job job) {
  asio::post(loop_, [this, job = std::move(job)]() mutable {
    jobs_.push_back(std::move(job));
    next();
  });
}

void Transactions::next() {
  if (is_busy_ || jobs_.empty()) return;
  is_busy_ = true;
  auto job = std::move(jobs_.front());
  jobs_.pop_front();
  tasks_.spawn("transaction", run(this, std::move(job)));
}

Task<> Transactions::run(Transactions* self, Job job) {
  co_await job();
  self->is_busy_ = false;
  self->next();
}

template <class T>
Task<> Transactions::run_job(std::function<Task<T>()> work,
                             Resume<std::variant<std::monostate, T, Fault>> resume) {
  std::variant<std::monostate, T, Fault> answer;
  try {
    answer = co_await work();
  } catch (const Fault& fault) {
    answer = fault;
  } catch (const std::exception& error) {
    answer = Fault(Fault::Kind::unavailable, error.what());
  }
  resume(std::move(answer));
}

template <class T>
Task<T> Transactions::on_loop(std::function<Task<T>()> work) {
  using Answer = std::variant<std::monostate, T, Fault>;
  auto answer = co_await suspend<Answer>([this, &work](Resume<Answer> resume) {
    submit([work = std::move(work), resume = std::move(resume)]() mutable {
      return run_job<T>(std::move(work), std::move(resume));
    });
  });
  if (auto* fault = std::get_if<Fault>(&answer)) throw Fault(std::move(*fault));
  co_return std::move(std::get<T>(answer));
}

Task<CatalogueOutcome> Transactions::apply(CatalogueChange change) {
  auto shared = std::make_shared<CatalogueChange>(std::move(change));
  std::function<Task<CatalogueOutcome>()> work = [this, shared] { return apply_here(shared); };
  return on_loop<CatalogueOutcome>(std::move(work));
}

Task<SweepProgress> Transactions::sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                              TimePoint now, Deadline deadline) {
  std::function<Task<SweepProgress>()> work = [this, catalogue = std::move(catalogue), now, deadline] {
    return sweep_here(catalogue, now, deadline);
  };
  return on_loop<SweepProgress>(std::move(work));
}

Task<CatalogueOutcome> Transactions::apply_here(std::shared_ptr<CatalogueChange> change) {
  for (bool is_first = true;; is_first = false) {
    std::optional<PgFault> fault;
    try {
      co_return co_await try_apply(*change);
    } catch (const PgFault& thrown) {
      fault = thrown;
    }
    co_await leave(change->deadline);
    if (auto error = error_of(*fault, *change)) co_return std::move(*error);
    if (!is_first || !may_retry(*fault, is_commit_sent_) || change->deadline.has_passed())
      throw PgFault(*fault);
  }
}

Task<CatalogueOutcome> Transactions::try_apply(CatalogueChange& change) {
  is_commit_sent_ = false;
  connection_ = co_await pool_->acquire(change.deadline);
  const auto connection = connection_;
  std::size_t checks = 0;
  auto opening = open_change(change, checks);
  const auto replies = co_await connection->run(std::move(opening), change.deadline);
  const auto head = head_of(replies[1]);
  std::optional<CatalogueOutcome> settled;
  if (change.claim && !replies.back().is_empty()) {
    auto stored = answers_of(replies.back());
    if (stored.front().claim.body_hash == change.claim->body_hash) {
      settled = CatalogueReplayed{.answer = std::move(stored.front().answer)};
    } else {
      settled = idempotency_mismatch();
    }
  } else if (head.catalogue_revision != change.expected_revision) {
    settled = StaleCatalogue{.revision = head.catalogue_revision};
  } else if (has_events(replies, 2, checks)) {
    settled = receiver_in_use();
  }
  if (settled) {
    co_await leave(change.deadline);
    co_return std::move(*settled);
  }
  auto writes = write_change(change, head, clock_.now());
  is_commit_sent_ = true;
  (void)co_await connection->run(std::move(writes), change.deadline);
  co_return CatalogueApplied{.revision = head.catalogue_revision + 1};
}

Task<SweepProgress> Transactions::sweep_here(std::shared_ptr<const domain::Catalogue> catalogue,
                                             TimePoint now, Deadline deadline) {
  std::optional<PgFault> fault;
  try {
    connection_ = co_await pool_->acquire(deadline);
    const auto connection = connection_;
    Exchange opening;
    opening.push_back(begin());
    opening.push_back(lock_head());
    opening.push_back(call(next_sweep_sql));
    const auto replies = co_await connection->run(std::move(opening), deadline);
    const auto head = head_of(replies[1]);
    const bool is_found = !replies[2].is_empty();
    if (is_found && head.catalogue_revision == catalogue->revision()) {
      Sweep sweep{.group_id = replies[2].id<GroupId>(0, 0),
                  .receivers = replies[2].uuid_array(0, 1),
                  .after = replies[2].int8(0, 2)};
      co_return co_await sweep_group(connection, head, std::move(sweep), *catalogue, now, deadline);
    }
    co_await leave(deadline);
    co_return SweepProgress{.is_found = is_found, .artifacts = 0};
  } catch (const PgFault& thrown) {
    fault = thrown;
  }
  co_await leave(deadline);
  throw PgFault(*fault);
}

Task<SweepProgress> Transactions::sweep_group(std::shared_ptr<Connection> connection, Head head, Sweep sweep,
                                              const domain::Catalogue& catalogue, TimePoint now,
                                              Deadline deadline) {
  const auto* group = catalogue.find_group(sweep.group_id);
  Exchange asking(1);
  asking[0].sql = sweep_artifacts_sql;
  asking[0].params.ids(sweep.receivers).int8(sweep.after).int8(sweep_slice_artifacts);
  const auto found = co_await connection->run(std::move(asking), deadline);
  std::vector<std::int64_t> numbers;
  for (int row = 0; row < found[0].size(); ++row) numbers.push_back(found[0].int8(row, 0));

  Exchange writes;
  if (group != nullptr && !numbers.empty()) {
    Exchange reading;
    reading.push_back(read_state_by_number(numbers));
    const auto replies = co_await connection->run(std::move(reading), deadline);
    add_swept(writes, *group, state_of(replies[0]), head, now);
  }
  const bool is_last = group == nullptr || numbers.size() < sweep_slice_artifacts;
  writes.push_back(call(is_last ? end_sweep_sql : move_sweep_sql));
  writes.back().params.id(sweep.group_id);
  if (!is_last) writes.back().params.int8(numbers.back());
  writes.push_back(commit());
  (void)co_await connection->run(std::move(writes), deadline);
  co_return SweepProgress{.is_found = true, .artifacts = numbers.size()};
}

void Transactions::add_swept(Exchange& writes, const domain::Group& group, const ArtifactState& state,
                             Head head, TimePoint now) {
  std::vector<domain::ArtifactId> artifacts;
  for (const auto& [artifact, number] : state.numbers) artifacts.push_back(artifact);
  std::ranges::sort(artifacts);
  const auto folded = domain::sweep({.group = group,
                                     .artifacts = artifacts,
                                     .outcomes = state.outcomes,
                                     .gates = state.gates,
                                     .position = head.position,
                                     .now = now},
                                    ids_);
  add_gate_writes(writes, folded.gates, state);
  if (folded.journal.empty()) return;
  writes.push_back(insert_journal(folded.journal, state.numbers));
  head.position = folded.position;
  writes.push_back(set_head(head));
}

Task<> Transactions::leave(Deadline deadline) {
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

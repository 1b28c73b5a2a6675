// One writer lane on PostgreSQL: a connection of its own and the transaction that stores a batch, in two
// exchanges. Lives on the writer's loop.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "store/append_writer.hpp"
#include "store/postgres/append_batch.hpp"
#include "store/postgres/pool.hpp"
#include "telemetry/log.hpp"

namespace xzepr::store::postgres {

class PostgresAppendBackend final : public AppendBackend {
 public:
  /// `pool` has one connection, used by nobody else.
  PostgresAppendBackend(std::shared_ptr<Pool> pool, const Clock& clock, IdSource& ids, telemetry::Log& log);

  [[nodiscard]] Task<BatchOutcome> commit(std::span<const AppendUnit* const> units,
                                          Deadline deadline) override;

 private:
  /// Nothing: some keys were found taken, and the rest must be tried again.
  using Step = std::optional<BatchOutcome>;
  /// What a transaction whose COMMIT was sent will have answered, should it turn out to be there.
  struct Sent {
    EventId first;
    std::vector<domain::Appended> answers;
  };
  struct Work {
    AppendBatch batch;
    std::optional<Sent> sent = std::nullopt;
    int retries_left = 1;
  };

  [[nodiscard]] Task<Step> attempt(Work& work, Deadline deadline);
  [[nodiscard]] Task<Step> resolve(Work& work, Deadline deadline);
  [[nodiscard]] Task<> leave_transaction(Deadline deadline);
  void judge(Work& work, const PgFault& fault, Deadline deadline) const;

  std::shared_ptr<Pool> pool_;
  const Clock& clock_;
  IdSource& ids_;
  telemetry::Log& log_;
  std::shared_ptr<Connection> connection_;
};

/// Adds the statements that store `rows`, of which those in `state` exist.
void add_gate_writes(Exchange& exchange, std::vector<domain::GateRow> rows, const ArtifactState& state);

/// The second exchange: everything that the fold decided, and COMMIT.
[[nodiscard]] Exchange write_folded(const AppendBatch& batch, const domain::Folded& folded,
                                    const ArtifactState& state, Head head, TimePoint now);

}  // namespace xzepr::store::postgres

// The transaction that appends a batch: claims, events, what they decide, the journal, the head. The writer's
// thread.
#pragma once

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "store/append_writer.hpp"
#include "store/sqlite/advance_ride.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/tables.hpp"

namespace xzepr::store::sqlite {

class AppendTransaction final : public AppendBackend {
 public:
  AppendTransaction(Connection& connection, Tables& tables, const Clock& clock, IdSource& ids,
                    AdvanceRide& ride, Checkpointer& checkpointer)
      : connection_(connection),
        tables_(tables),
        clock_(clock),
        ids_(ids),
        ride_(ride),
        checkpointer_(checkpointer) {}

  /// Blocks: it runs on the writer's own thread.
  [[nodiscard]] Task<BatchOutcome> commit(std::span<const AppendUnit* const> units,
                                          Deadline deadline) override;

 private:
  [[nodiscard]] BatchOutcome commit_now(std::span<const AppendUnit* const> units);

  Connection& connection_;
  Tables& tables_;
  const Clock& clock_;
  IdSource& ids_;
  AdvanceRide& ride_;
  Checkpointer& checkpointer_;
};

}  // namespace xzepr::store::sqlite

// The write path: many requests, one commit. Shards submit units to a bounded queue; the writer, on its own
// thread and loop, makes batches of what waits and hands each to the backend; what arrives meanwhile forms
// the next batch. A lone unit commits at once. The same writer serves both stores: only AppendBackend
// differs.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "store/commit_signal.hpp"
#include "store/event_store.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::store {

/// The outcome of one transaction over several units, in their order.
struct BatchCommitted {
  std::vector<AppendOutcome> outcomes;  ///< Appended, or "idempotency_mismatch" for a unit that was left out
};
/// Nothing was written: the head's catalogue revision is another than that of some units.
struct BatchStale {
  std::int64_t revision = 0;
};
using BatchOutcome = std::variant<BatchCommitted, BatchStale>;

/// One lane that commits batches, on the writer's loop, one at a time per lane.
class AppendBackend {
 public:
  virtual ~AppendBackend() = default;
  /// All or nothing, durable when it returns. Throws Fault: refused = the database refuses something in this
  /// batch (the writer tries each unit alone); unavailable, storage_full = nothing is known to be lost,
  /// callers get 503; fatal = durability cannot be promised any more. An unknown commit is resolved inside,
  /// by running again with the same ids, until the store stays away past `deadline`.
  [[nodiscard]] virtual Task<BatchOutcome> commit(std::span<const AppendUnit* const> units,
                                                  Deadline deadline) = 0;
};

class AppendWriter {
 public:
  struct Options {
    std::size_t gather_below = 0;             ///< with fewer units in the queue than recently seen, wait
    std::chrono::microseconds gather_for{0};  ///< up to this long for the rest; 0: never wait
    std::size_t split_from = 1;               ///< while a lane is busy, another begins with no fewer units
  };

  /// `lanes`: one backend per concurrent transaction, all driven on `loop`, which the writer's owner runs on
  /// a thread of its own. One artifact is never in two batches in flight. `on_fatal` is called once when
  /// durability is lost; `commits` hears of each commit.
  AppendWriter(asio::io_context& loop, std::vector<AppendBackend*> lanes, Options options,
               telemetry::Log& log, telemetry::Metrics& metrics, std::function<void()> on_fatal,
               const CommitSignal* commits = nullptr);
  ~AppendWriter();

  /// Any thread. `resume` is called once, on the writer's loop, or at once with "unavailable" when the queue
  /// is full.
  void submit(AppendUnit unit, Resume<AppendOutcome> resume);
  /// As above, but `resume` is called on `home`: the answers of one batch to one home share one wake-up.
  void submit(AppendUnit unit, Executor home, Resume<AppendOutcome> resume);
  /// Any thread, one wake-up for all. `done` is called once per unit, as the first form calls `resume`.
  void submit_each(std::vector<AppendUnit> units,
                   std::function<void(std::size_t index, AppendOutcome outcome)> done);
  /// Refuses what comes, commits what waits, then returns. Any thread but the loop's; at `deadline` what
  /// still waits is answered "unavailable".
  void stop(Deadline deadline);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The two halves of EventStore::append for a shard: suspends the caller until the writer answers.
[[nodiscard]] Task<AppendOutcome> append_through(AppendWriter& writer, AppendUnit unit);
[[nodiscard]] Task<std::vector<AppendOutcome>> append_each_through(AppendWriter& writer,
                                                                   std::vector<AppendUnit> units);

}  // namespace xzepr::store

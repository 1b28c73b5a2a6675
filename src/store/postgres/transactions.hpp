// The transactions that are not appends: changes of the catalogue and slices of a sweep. Each takes the
// head's lock, so they run one after the other, on one connection, on the database's own loop; a shard only
// waits for its answer.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "store/catalogue_store.hpp"
#include "store/gate_store.hpp"
#include "store/postgres/append_sql.hpp"
#include "store/postgres/pool.hpp"

namespace xzepr::store::postgres {

class Transactions {
 public:
  /// `pool` has one connection, used by nobody else, on `loop`.
  Transactions(asio::io_context& loop, std::shared_ptr<Pool> pool, const Clock& clock, IdSource& ids,
               telemetry::Log& log);

  /// From any shard. Throws Fault; after an unknown commit too, since its effect is seen by the next reading.
  [[nodiscard]] Task<CatalogueOutcome> apply(CatalogueChange change);
  [[nodiscard]] Task<SweepProgress> sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                                TimePoint now, Deadline deadline);
  void stop();

 private:
  using Job = std::move_only_function<Task<>()>;
  struct Sweep;

  template <class T>
  [[nodiscard]] Task<T> on_loop(std::function<Task<T>()> work);
  template <class T>
  [[nodiscard]] static Task<> run_job(std::function<Task<T>()> work,
                                      Resume<std::variant<std::monostate, T, Fault>> resume);
  void submit(Job job);
  void next();
  [[nodiscard]] static Task<> run(Transactions* self, Job job);

  [[nodiscard]] Task<CatalogueOutcome> apply_here(std::shared_ptr<CatalogueChange> change);
  [[nodiscard]] Task<CatalogueOutcome> try_apply(CatalogueChange& change);
  [[nodiscard]] Task<SweepProgress> sweep_here(std::shared_ptr<const domain::Catalogue> catalogue,
                                               TimePoint now, Deadline deadline);
  [[nodiscard]] Task<SweepProgress> sweep_group(std::shared_ptr<Connection> connection, Head head,
                                                Sweep sweep, const domain::Catalogue& catalogue,
                                                TimePoint now, Deadline deadline);
  void add_swept(Exchange& writes, const domain::Group& group, const ArtifactState& state, Head head,
                 TimePoint now);
  [[nodiscard]] Task<> leave(Deadline deadline);

  asio::io_context& loop_;
  std::shared_ptr<Pool> pool_;
  const Clock& clock_;
  IdSource& ids_;
  TaskGroup tasks_;
  std::deque<Job> jobs_;
  bool is_busy_ = false;
  std::shared_ptr<Connection> connection_;
  bool is_commit_sent_ = false;
};

}  // namespace xzepr::store::postgres

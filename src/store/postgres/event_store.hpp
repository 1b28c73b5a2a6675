// Events on PostgreSQL, for one shard: writes go to the shared writer, reads to the shard's pool.
#pragma once

#include "store/append_writer.hpp"
#include "store/event_store.hpp"
#include "store/postgres/event_finder.hpp"
#include "store/postgres/event_query.hpp"
#include "store/postgres/pool.hpp"

namespace xzepr::store::postgres {

class PostgresEventStore final : public EventStore {
 public:
  PostgresEventStore(AppendWriter& writer, std::shared_ptr<Pool> pool, std::shared_ptr<EventFinder> finder);

  [[nodiscard]] Task<AppendOutcome> append(AppendUnit unit) override;
  [[nodiscard]] Task<std::vector<AppendOutcome>> append_each(std::vector<AppendUnit> units) override;
  [[nodiscard]] Task<Result<std::optional<std::string>>> find_replay(IdempotencyClaim claim,
                                                                     Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::Event>> find(EventId id, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::Event>> list(EventQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count(EventQuery query, Deadline deadline) override;

 private:
  /// Numbers of the artifacts that a name leads to; nullopt: too many.
  [[nodiscard]] Task<std::optional<std::vector<std::int64_t>>> few_artifacts(const EventQuery& query,
                                                                             Deadline deadline);

  AppendWriter& writer_;
  std::shared_ptr<Pool> pool_;
  std::shared_ptr<EventFinder> finder_;
};

}  // namespace xzepr::store::postgres

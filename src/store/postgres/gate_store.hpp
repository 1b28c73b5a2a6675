// Gates on PostgreSQL, for one shard. A sweep's slice is a transaction, so it runs on the database's own
// loop.
#pragma once

#include "store/gate_store.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/transactions.hpp"

namespace xzepr::store::postgres {

/// For the test of plans.
[[nodiscard]] const Statement& read_gate_statement();

class PostgresGateStore final : public GateStore {
 public:
  PostgresGateStore(std::shared_ptr<Pool> pool, Transactions& transactions);

  [[nodiscard]] Task<GateReading> read(domain::ArtifactId artifact, GroupId group,
                                       std::vector<ReceiverId> receivers, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<GateListing>> list(GateListQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count(GateListQuery query, Deadline deadline) override;
  [[nodiscard]] Task<bool> is_evaluating(GroupId group, Deadline deadline) override;
  [[nodiscard]] Task<SweepProgress> sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                                TimePoint now, Deadline deadline) override;

 private:
  std::shared_ptr<Pool> pool_;
  Transactions& transactions_;
};

}  // namespace xzepr::store::postgres

// The catalogue, identities and the health probe on PostgreSQL, for one shard.
#pragma once

#include "store/catalogue_store.hpp"
#include "store/database.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/transactions.hpp"

namespace xzepr::store::postgres {

class PostgresCatalogueStore final : public CatalogueStore {
 public:
  PostgresCatalogueStore(std::shared_ptr<Pool> pool, Transactions& transactions, const CommitSignal& commits);

  [[nodiscard]] Task<CatalogueData> load(Deadline deadline) override;
  [[nodiscard]] Task<std::int64_t> revision(Deadline deadline) override;
  [[nodiscard]] Task<CatalogueOutcome> apply(CatalogueChange change) override;

 private:
  std::shared_ptr<Pool> pool_;
  Transactions& transactions_;
  const CommitSignal& commits_;
};

class PostgresHealthProbe final : public HealthProbe {
 public:
  explicit PostgresHealthProbe(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<HeadReading> head(Deadline deadline) override;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace xzepr::store::postgres

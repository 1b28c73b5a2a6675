#include "store/postgres/catalogue_store.hpp"

#include "store/postgres/append_sql.hpp"
#include "store/postgres/catalogue_sql.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr Statement read_head_sql{"read_head", R"(
SELECT position, catalogue_revision, epoch, id_lead_ms, id_lag_ms FROM journal_head WHERE id = 1)"};

Task<HeadReading> read_head(Pool& pool, Deadline deadline) {
  Params none;
  const auto rows = co_await pool.read(read_head_sql, std::move(none), deadline);
  const auto head = head_of(rows);
  co_return HeadReading{
      .position = head.position, .catalogue_revision = head.catalogue_revision, .epoch = head.epoch};
}

}  // namespace

PostgresCatalogueStore::PostgresCatalogueStore(std::shared_ptr<Pool> pool, Transactions& transactions,
                                               const CommitSignal& commits)
    : pool_(std::move(pool)), transactions_(transactions), commits_(commits) {}

Task<CatalogueData> PostgresCatalogueStore::load(Deadline deadline) {
  auto exchange = load_catalogue();
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  co_return catalogue_of(replies);
}

Task<std::int64_t> PostgresCatalogueStore::revision(Deadline deadline) {
  const auto head = co_await read_head(*pool_, deadline);
  co_return head.catalogue_revision;
}

Task<CatalogueOutcome> PostgresCatalogueStore::apply(CatalogueChange change) {
  auto outcome = co_await transactions_.apply(std::move(change));
  if (std::holds_alternative<CatalogueApplied>(outcome)) commits_.notify();
  co_return outcome;
}

PostgresHealthProbe::PostgresHealthProbe(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<HeadReading> PostgresHealthProbe::head(Deadline deadline) { return read_head(*pool_, deadline); }

}  // namespace xzepr::store::postgres

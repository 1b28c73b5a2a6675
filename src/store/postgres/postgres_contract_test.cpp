#include "store/append_contract_test.hpp"
#include "store/catalogue_contract_test.hpp"
#include "store/journal_contract_test.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/postgres_fixture_test.hpp"
#include "store/reading_contract_test.hpp"
#include "store/search_contract_test.hpp"
#include "store/session_contract_test.hpp"
#include "store/sink_contract_test.hpp"
#include "store/webhook_contract_test.hpp"

namespace xzepr::store::contract {
namespace {

class PostgresBackend final : public Backend {
 public:
  PostgresBackend() : database_(postgres::make_migrated_database()) {}

  [[nodiscard]] std::unique_ptr<Database> open() override {
    return postgres::make_postgres_database(
        {.url = database_->url(), .max_connections = 9, .min_connections = 1, .shards = 2}, log_, metrics_,
        [] { ADD_FAILURE() << "durability was lost"; });
  }

 private:
  std::unique_ptr<postgres::TestDatabase> database_;
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
};

const Param on_postgres{.name = "postgres", .make = [] { return std::make_unique<PostgresBackend>(); }};
INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, CatalogueContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, SessionContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, ReadingContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, SearchContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, JournalContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, SinkContract, testing::Values(on_postgres));
INSTANTIATE_TEST_SUITE_P(Postgres, WebhookContract, testing::Values(on_postgres));

}  // namespace
}  // namespace xzepr::store::contract

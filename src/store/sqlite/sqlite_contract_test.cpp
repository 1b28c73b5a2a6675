#include "store/append_contract_test.hpp"
#include "store/catalogue_contract_test.hpp"
#include "store/journal_contract_test.hpp"
#include "store/reading_contract_test.hpp"
#include "store/search_contract_test.hpp"
#include "store/session_contract_test.hpp"
#include "store/sink_contract_test.hpp"
#include "store/sqlite/scratch_test.hpp"
#include "store/webhook_contract_test.hpp"

namespace xzepr::store::contract {
namespace {

class SqliteBackend final : public Backend {
 public:
  [[nodiscard]] std::unique_ptr<Database> open() override { return scratch_.open(); }

 private:
  sqlite::Scratch scratch_;
};

const Param sqlite_param{.name = "sqlite", .make = [] { return std::make_unique<SqliteBackend>(); }};
const auto name_of = [](const testing::TestParamInfo<Param>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Store, StoreContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, ReadingContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, SearchContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, JournalContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, SinkContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, WebhookContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, CatalogueContract, testing::Values(sqlite_param), name_of);
INSTANTIATE_TEST_SUITE_P(Store, SessionContract, testing::Values(sqlite_param), name_of);

}  // namespace
}  // namespace xzepr::store::contract

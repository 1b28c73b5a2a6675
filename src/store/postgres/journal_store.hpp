// The journal as a source on PostgreSQL, for one shard. What a row needs is read after it: nothing of it ever
// changes, so several statements say what one snapshot would.
#pragma once

#include "store/journal_store.hpp"
#include "store/postgres/pool.hpp"

namespace xzepr::store::postgres {

class PostgresJournalStore final : public JournalStore {
 public:
  explicit PostgresJournalStore(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<std::vector<domain::JournalEntry>> read(JournalRange range, Deadline deadline) override;
  [[nodiscard]] Task<JournalExtent> extent(Deadline deadline) override;

 private:
  using Entries = std::vector<domain::JournalEntry>;

  [[nodiscard]] Task<Entries> read_rows(std::int64_t after, std::size_t limit, Deadline deadline);
  [[nodiscard]] Task<> add_satisfying(Entries& entries, Deadline deadline);
  [[nodiscard]] Task<> add_revisions(Entries& entries, Deadline deadline);

  std::shared_ptr<Pool> pool_;
};

/// For the test of plans.
[[nodiscard]] std::vector<const Statement*> journal_statements();

}  // namespace xzepr::store::postgres

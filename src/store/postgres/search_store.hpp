// The search index on PostgreSQL, for one shard.
#pragma once

#include <memory>
#include <string>

#include "store/postgres/pool.hpp"
#include "store/search_store.hpp"

namespace xzepr::store::postgres {

class PostgresSearchStore final : public SearchStore {
 public:
  explicit PostgresSearchStore(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<std::optional<std::vector<EventId>>> candidates(domain::SearchTerms terms,
                                                                     std::size_t max,
                                                                     Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::Event>> read(std::vector<EventId> ids, Deadline deadline) override;
  [[nodiscard]] Task<IndexProgress> index_slice(Deadline deadline) override;

 private:
  std::shared_ptr<Pool> pool_;
};

// For the test of plans.
[[nodiscard]] PlannedQuery filed_events(const domain::SearchTerms& terms, std::size_t limit);
[[nodiscard]] PlannedQuery events_not_filed(std::size_t limit);
[[nodiscard]] PlannedQuery next_events(std::int64_t after, std::size_t limit);

/// As text of a tsquery. Pure.
[[nodiscard]] std::string tsquery_text(const domain::SearchTerms& terms);

}  // namespace xzepr::store::postgres

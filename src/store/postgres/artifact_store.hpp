// Artifacts and their timelines on PostgreSQL, for one shard.
#pragma once

#include "store/gate_store.hpp"
#include "store/postgres/pool.hpp"

namespace xzepr::store::postgres {

/// `first`: where the columns artifact_id, name, version, release, platform_id, package, first_seen_at begin.
[[nodiscard]] ArtifactListing artifact_of(const Rows& rows, int row, int first = 0);

class PostgresArtifactStore final : public ArtifactStore {
 public:
  explicit PostgresArtifactStore(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<std::optional<ArtifactListing>> find(domain::ArtifactId id, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<ArtifactListing>> list(ArtifactQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count(ArtifactQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<TimelineEntry>> timeline(domain::ArtifactId id, std::int64_t after,
                                                          std::size_t limit, Deadline deadline) override;

 private:
  [[nodiscard]] Task<PlannedQuery> plan_by_receivers(const ArtifactQuery& query, Deadline deadline);

  std::shared_ptr<Pool> pool_;
};

}  // namespace xzepr::store::postgres

#include "store/postgres/artifact_store.hpp"

#include <fmt/format.h>

#include "store/postgres/event_query.hpp"
#include "store/postgres/event_rows.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr Statement find_artifact_sql{"find_artifact", R"(
SELECT artifact_id, name, version, release, platform_id, package, first_seen_at FROM artifacts
WHERE artifact_id = $1::uuid)"};

std::string timeline_sql() {
  return fmt::format(R"(
WITH a AS MATERIALIZED (SELECT artifact_no, artifact_id FROM artifacts WHERE artifact_id = $1::uuid)
SELECT {}, {} FROM a
CROSS JOIN LATERAL (SELECT * FROM journal AS j WHERE j.artifact_no = a.artifact_no AND j.position > $2::bigint
                    ORDER BY j.position LIMIT $3::bigint) AS j
LEFT JOIN events AS e ON e.id = j.event_id AND j.kind = {}
ORDER BY j.position)",
                     journal_columns(), event_columns(),
                     static_cast<int>(domain::JournalKind::event_created));
}

}  // namespace

ArtifactListing artifact_of(const Rows& rows, int row, int first) {
  return {.id = rows.artifact_id(row, first),
          .artifact = {.name = rows.text(row, first + 1),
                       .version = rows.text(row, first + 2),
                       .release = rows.text(row, first + 3),
                       .platform_id = rows.text(row, first + 4),
                       .package = rows.text(row, first + 5)},
          .first_seen_at = rows.time(row, first + 6)};
}

PostgresArtifactStore::PostgresArtifactStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<std::optional<ArtifactListing>> PostgresArtifactStore::find(domain::ArtifactId id, Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool_->read(find_artifact_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return artifact_of(rows, 0);
}

Task<std::vector<ArtifactListing>> PostgresArtifactStore::list(ArtifactQuery query, Deadline deadline) {
  PlannedQuery planned;
  if (query.receivers && !query.name) {
    planned = co_await plan_by_receivers(query, deadline);
  } else {
    planned = artifact_list(query);
  }
  const auto rows = co_await pool_->read_planned(std::move(planned), deadline);
  std::vector<ArtifactListing> listings;
  listings.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) listings.push_back(artifact_of(rows, row));
  co_return listings;
}

Task<std::uint64_t> PostgresArtifactStore::count(ArtifactQuery query, Deadline deadline) {
  query.after.reset();
  auto planned = artifact_count(query);
  co_return count_of(co_await pool_->read_planned(std::move(planned), deadline));
}

// The few artifacts of rare receivers are gathered; those of common ones are met by walking.
Task<PlannedQuery> PostgresArtifactStore::plan_by_receivers(const ArtifactQuery& query, Deadline deadline) {
  auto seen = artifacts_of_receivers(query);
  const auto rows = co_await pool_->read_planned(std::move(seen), deadline);
  const auto artifacts = numbers_of(rows);
  co_return artifacts.size() > gathered_max ? artifact_list(query) : artifact_list(query, artifacts);
}

Task<std::vector<TimelineEntry>> PostgresArtifactStore::timeline(domain::ArtifactId id, std::int64_t after,
                                                                 std::size_t limit, Deadline deadline) {
  PlannedQuery query{.sql = timeline_sql(), .params = {}};
  query.params.id(id).int8(after).int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read_planned(std::move(query), deadline);
  std::vector<TimelineEntry> entries;
  entries.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    TimelineEntry entry{.row = journal_row_of(rows, row)};
    if (!rows.is_null(row, journal_column_count)) entry.event = event_of(rows, row, journal_column_count);
    entries.push_back(std::move(entry));
  }
  co_return entries;
}

}  // namespace xzepr::store::postgres

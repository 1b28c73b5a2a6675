#include "store/postgres/gate_store.hpp"

#include <algorithm>

#include "store/postgres/append_sql.hpp"
#include "store/postgres/artifact_store.hpp"
#include "store/postgres/event_query.hpp"

namespace xzepr::store::postgres {
namespace {

// One statement, so that its parts belong to one snapshot. Parts: 1 outcome, 2 gate, 3 a sweep is not
// finished. The outcomes of all receivers, though only the group's are wanted: an array among the parameters
// makes PostgreSQL expect more rows of a plan that is kept than of one made for these values, so it would
// plan at every call, for three times as long as it then reads.
constexpr Statement read_gate_sql{"read_gate", R"(
WITH a AS MATERIALIZED (SELECT artifact_no FROM artifacts WHERE artifact_id = $1::uuid)
SELECT 1::smallint AS part, $1::uuid AS artifact_id, o.receiver_id AS other_id, o.passed, o.event_id,
       o.position AS number, o.at, NULL::smallint AS state, NULL::timestamptz AS first_opened_at
FROM a CROSS JOIN LATERAL (SELECT * FROM outcomes WHERE artifact_no = a.artifact_no OFFSET 0) AS o
UNION ALL
SELECT 2::smallint, g.artifact_id, g.group_id, NULL, NULL, g.group_revision, g.since, g.state, g.first_opened_at
FROM a CROSS JOIN LATERAL (SELECT * FROM gates WHERE artifact_no = a.artifact_no AND group_id = $2::uuid
                           OFFSET 0) AS g
UNION ALL
SELECT 3::smallint, NULL, group_id, NULL, NULL, NULL, NULL, NULL, NULL FROM gate_sweeps WHERE group_id = $2::uuid)"};

constexpr Statement is_evaluating_sql{"is_evaluating",
                                      "SELECT true FROM gate_sweeps WHERE group_id = $1::uuid"};

void add_part(GateReading& reading, const Rows& rows, int row) {
  constexpr std::int16_t outcome = 1, gate = 2;
  const auto part = rows.int2(row, 0);
  if (part == outcome) {
    reading.outcomes.push_back({.artifact_id = rows.artifact_id(row, 1),
                                .receiver_id = rows.id<ReceiverId>(row, 2),
                                .passed = rows.boolean(row, 3),
                                .event_id = rows.id<EventId>(row, 4),
                                .position = rows.int8(row, 5),
                                .at = rows.time(row, 6)});
  } else if (part == gate) {
    reading.gate = domain::GateRow{.group_id = rows.id<GroupId>(row, 2),
                                   .artifact_id = rows.artifact_id(row, 1),
                                   .state = static_cast<domain::GateState>(rows.int2(row, 7)),
                                   .group_revision = rows.int8(row, 5),
                                   .since = rows.time(row, 6),
                                   .first_opened_at = rows.optional_time(row, 8)};
  } else {
    reading.is_evaluating = true;
  }
}

GateListing listing_of(const Rows& rows, int row) {
  constexpr int artifact = 6;
  return {.gate = {.group_id = rows.id<GroupId>(row, 1),
                   .artifact_id = rows.artifact_id(row, 0),
                   .state = static_cast<domain::GateState>(rows.int2(row, 2)),
                   .group_revision = rows.int8(row, 3),
                   .since = rows.time(row, 4),
                   .first_opened_at = rows.optional_time(row, 5)},
          .artifact = artifact_of(rows, row, artifact).artifact};
}

}  // namespace

const Statement& read_gate_statement() { return read_gate_sql; }

PostgresGateStore::PostgresGateStore(std::shared_ptr<Pool> pool, Transactions& transactions)
    : pool_(std::move(pool)), transactions_(transactions) {}

Task<GateReading> PostgresGateStore::read(domain::ArtifactId artifact, GroupId group,
                                          std::vector<ReceiverId> receivers, Deadline deadline) {
  Params params;
  params.id(artifact).id(group);
  const auto rows = co_await pool_->read(read_gate_sql, std::move(params), deadline);
  GateReading reading;
  for (int row = 0; row < rows.size(); ++row) add_part(reading, rows, row);
  std::erase_if(reading.outcomes, [&](const domain::OutcomeRow& outcome) {
    return std::ranges::find(receivers, outcome.receiver_id) == receivers.end();
  });
  co_return reading;
}

Task<std::vector<GateListing>> PostgresGateStore::list(GateListQuery query, Deadline deadline) {
  std::vector<GateListing> listings;
  auto planned = gate_list(query);
  if (planned.sql.empty()) co_return listings;
  const auto rows = co_await pool_->read_planned(std::move(planned), deadline);
  listings.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) listings.push_back(listing_of(rows, row));
  co_return listings;
}

Task<std::uint64_t> PostgresGateStore::count(GateListQuery query, Deadline deadline) {
  auto planned = gate_count(query);
  co_return count_of(co_await pool_->read_planned(std::move(planned), deadline));
}

Task<bool> PostgresGateStore::is_evaluating(GroupId group, Deadline deadline) {
  Params params;
  params.id(group);
  const auto rows = co_await pool_->read(is_evaluating_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<SweepProgress> PostgresGateStore::sweep_slice(std::shared_ptr<const domain::Catalogue> catalogue,
                                                   TimePoint now, Deadline deadline) {
  return transactions_.sweep_slice(std::move(catalogue), now, deadline);
}

}  // namespace xzepr::store::postgres

#include "store/postgres/artifact_state.hpp"

#include <array>

#include <fmt/format.h>

namespace xzepr::store::postgres {
namespace {

// Each row is an artifact, an outcome (passed is set) or a gate (state is set). OFFSET 0 keeps the lookups
// from being flattened into joins, of which the planner, while it thinks the tables empty, makes a walk over
// a whole index.
std::string state_sql(std::string_view condition) {
  return fmt::format(R"(
WITH a AS MATERIALIZED (
  SELECT artifact_id, artifact_no, xmin = pg_current_xact_id()::xid AS is_new FROM artifacts WHERE {})
SELECT artifact_id, artifact_no, NULL::uuid AS other_id, NULL::boolean AS passed, NULL::uuid AS event_id,
       NULL::bigint AS number, NULL::timestamptz AS at, NULL::smallint AS state, NULL::timestamptz AS first_opened_at
FROM a
UNION ALL
SELECT a.artifact_id, a.artifact_no, o.receiver_id, o.passed, o.event_id, o.position, o.at, NULL, NULL
FROM a CROSS JOIN LATERAL (SELECT * FROM outcomes WHERE artifact_no = a.artifact_no OFFSET 0) AS o
WHERE NOT a.is_new
UNION ALL
SELECT a.artifact_id, a.artifact_no, g.group_id, NULL, NULL, g.group_revision, g.since, g.state, g.first_opened_at
FROM a CROSS JOIN LATERAL (SELECT * FROM gates WHERE artifact_no = a.artifact_no OFFSET 0) AS g
WHERE NOT a.is_new)",
                     condition);
}

const std::string by_id_text = state_sql("artifact_id = ANY($1::uuid[])");
const std::string by_number_text = state_sql("artifact_no = ANY($1::bigint[])");
const Statement read_state_sql{"read_state", by_id_text.c_str()};
const Statement read_state_by_number_sql{"read_state_by_number", by_number_text.c_str()};
constexpr std::array state_statements{&read_state_sql, &read_state_by_number_sql};

}  // namespace

Call read_state(std::span<const domain::Event* const> first_events) {
  ArrayParam artifacts(TypeOid::uuid, first_events.size(), first_events.size() * 20);
  for (const auto* event : first_events) artifacts.add(uuid_of(event->artifact_id));
  Call made;
  made.statement = &read_state_sql;
  made.params.array(std::move(artifacts));
  return made;
}

Call read_state_by_number(std::span<const std::int64_t> numbers) {
  ArrayParam array(TypeOid::int8, numbers.size(), numbers.size() * 12);
  for (const auto number : numbers) array.add(number);
  Call made;
  made.statement = &read_state_by_number_sql;
  made.params.array(std::move(array));
  return made;
}

ArtifactState state_of(const Rows& rows) {
  ArtifactState state;
  for (int row = 0; row < rows.size(); ++row) {
    const auto artifact = rows.artifact_id(row, 0);
    if (!rows.is_null(row, 3)) {
      state.outcomes.push_back({.artifact_id = artifact,
                                .receiver_id = rows.id<ReceiverId>(row, 2),
                                .passed = rows.boolean(row, 3),
                                .event_id = rows.id<EventId>(row, 4),
                                .position = rows.int8(row, 5),
                                .at = rows.time(row, 6)});
    } else if (!rows.is_null(row, 7)) {
      state.gates.push_back({.group_id = rows.id<GroupId>(row, 2),
                             .artifact_id = artifact,
                             .state = static_cast<domain::GateState>(rows.int2(row, 7)),
                             .group_revision = rows.int8(row, 5),
                             .since = rows.time(row, 6),
                             .first_opened_at = rows.optional_time(row, 8)});
    } else {
      state.numbers.emplace(artifact, rows.int8(row, 1));
    }
  }
  return state;
}

std::span<const Statement* const> artifact_state_statements() { return state_statements; }

}  // namespace xzepr::store::postgres

#include "store/sqlite/gate_reader.hpp"

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::array stuck_first = {domain::GateState::failing, domain::GateState::pending,
                                    domain::GateState::open};

std::size_t rank(domain::GateState state) {
  const auto at = std::ranges::find(stuck_first, state);
  return static_cast<std::size_t>(at - stuck_first.begin());
}

}  // namespace

GateReader::GateReader(Connection& connection)
    : connection_(connection),
      find_number_(connection, "SELECT artifact_no FROM artifacts WHERE artifact_id = ?"),
      find_outcome_(connection,
                    fmt::format("SELECT {} FROM outcomes o WHERE o.receiver_id = ? AND o.artifact_no = ?",
                                outcome_columns)),
      find_gate_(connection, fmt::format("SELECT {} FROM gates g WHERE g.group_id = ? AND g.artifact_no = ?",
                                         gate_columns)),
      find_sweep_(connection, "SELECT 1 FROM gate_sweeps WHERE group_id = ?"),
      list_(connection,
            fmt::format("SELECT {}, {} FROM gates g INDEXED BY idx_gates_list "
                        "CROSS JOIN artifacts a ON a.artifact_no = g.artifact_no "
                        "WHERE g.group_id = ? AND g.state = ? AND (g.since, g.artifact_id) > (?, ?) "
                        "ORDER BY g.since, g.artifact_id LIMIT ?",
                        gate_columns, artifact_columns)),
      count_(connection,
             "SELECT count(*) FROM gates INDEXED BY idx_gates_list WHERE group_id = ? AND state = ?") {}

bool GateReader::is_evaluating(GroupId group) { return find_sweep_.query(group).next(); }

GateReading GateReader::read(const domain::ArtifactId& artifact, GroupId group,
                             const std::vector<ReceiverId>& receivers) {
  const Snapshot snapshot(connection_);
  GateReading reading;
  reading.is_evaluating = is_evaluating(group);
  auto number = find_number_.query(artifact);
  if (!number.next()) return reading;
  const auto artifact_no = number.integer(0);
  for (const auto receiver : receivers) {
    auto rows = find_outcome_.query(receiver, artifact_no);
    if (rows.next()) reading.outcomes.push_back(read_outcome(rows, artifact));
  }
  auto rows = find_gate_.query(group, artifact_no);
  if (rows.next()) reading.gate = read_gate(rows);
  return reading;
}

void GateReader::list_state(const GateListQuery& query, domain::GateState state,
                            std::vector<GateListing>& found) {
  const bool is_first_page = !query.after || query.after->state != state;
  const auto since = is_first_page ? TimePoint::min() : query.after->since;
  const auto artifact = is_first_page ? domain::ArtifactId{} : query.after->artifact_id;
  auto rows =
      list_.query(query.group_id, static_cast<int>(state), since, artifact, query.limit - found.size());
  while (rows.next()) found.push_back({.gate = read_gate(rows), .artifact = read_artifact(rows, 6).artifact});
}

std::vector<GateListing> GateReader::list(const GateListQuery& query) {
  const Snapshot snapshot(connection_);
  std::vector<GateListing> found;
  for (const auto state : stuck_first) {
    if (query.state && *query.state != state) continue;
    if (query.after && rank(state) < rank(query.after->state)) continue;
    if (found.size() < query.limit) list_state(query, state, found);
  }
  return found;
}

std::uint64_t GateReader::count(const GateListQuery& query) {
  const Snapshot snapshot(connection_);
  std::uint64_t total = 0;
  for (const auto state : stuck_first) {
    if (query.state && *query.state != state) continue;
    auto rows = count_.query(query.group_id, static_cast<int>(state));
    if (rows.next()) total += static_cast<std::uint64_t>(rows.integer(0));
  }
  return total;
}

}  // namespace xzepr::store::sqlite

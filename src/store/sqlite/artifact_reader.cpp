#include "store/sqlite/artifact_reader.hpp"

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {

namespace {

std::string matching(std::string_view columns, const ArtifactQuery& query) {
  auto text = fmt::format("SELECT {} FROM artifacts a INDEXED BY {} WHERE a.artifact_id > ?", columns,
                          query.name ? "idx_artifacts_name" : "idx_artifacts_id");
  if (query.name) text += " AND a.name = ?";
  if (query.version) text += " AND a.version = ?";
  if (query.release) text += " AND a.release = ?";
  if (query.platform_id) text += " AND a.platform_id = ?";
  if (query.package) text += " AND a.package = ?";
  return text;
}

void bind_query(Statement& statement, const ArtifactQuery& query,
                const std::optional<domain::ArtifactId>& after) {
  statement.begin();
  // An empty blob stands before every id.
  if (after) {
    statement.bind_next(*after);
  } else {
    statement.bind_next(std::span<const std::uint8_t>());
  }
  for (const auto* filter :
       {&query.name, &query.version, &query.release, &query.platform_id, &query.package}) {
    if (*filter) statement.bind_next(**filter);
  }
}

}  // namespace

std::string artifact_list_text(const ArtifactQuery& query) {
  return matching(fmt::format("{}, a.artifact_no", artifact_columns), query) + " ORDER BY a.artifact_id";
}

std::string artifact_count_text(const ArtifactQuery& query) { return matching("a.artifact_no", query); }

ArtifactReader::ArtifactReader(Connection& connection)
    : connection_(connection),
      find_(connection, fmt::format("SELECT {} FROM artifacts a WHERE a.artifact_id = ?", artifact_columns)),
      find_number_(connection, "SELECT artifact_no FROM artifacts WHERE artifact_id = ?"),
      has_outcome_(connection, "SELECT 1 FROM outcomes WHERE receiver_id = ? AND artifact_no = ?"),
      timeline_(connection,
                fmt::format("SELECT {}, {} FROM journal j INDEXED BY idx_journal_artifact_no "
                            "LEFT JOIN events e ON e.position = j.position "
                            "WHERE j.artifact_no = ? AND j.position > ? ORDER BY j.position LIMIT ?",
                            journal_columns, event_columns)) {}

std::optional<ArtifactListing> ArtifactReader::find(const domain::ArtifactId& id) {
  auto rows = find_.query(id);
  if (!rows.next()) return std::nullopt;
  return read_artifact(rows);
}

bool ArtifactReader::has_outcome(std::int64_t artifact_no, const std::vector<ReceiverId>& receivers) {
  return std::ranges::any_of(
      receivers, [&](ReceiverId receiver) { return has_outcome_.query(receiver, artifact_no).next(); });
}

std::vector<ArtifactListing> ArtifactReader::list(const ArtifactQuery& query) {
  std::vector<ArtifactListing> found;
  if (query.receivers && query.receivers->empty()) return found;
  const Snapshot snapshot(connection_);
  Statement statement(connection_, artifact_list_text(query));
  bind_query(statement, query, query.after);
  auto rows = statement.rows();
  while (found.size() < query.limit && rows.next()) {
    if (query.receivers && !has_outcome(rows.integer(7), *query.receivers)) continue;
    found.push_back(read_artifact(rows));
  }
  return found;
}

std::uint64_t ArtifactReader::count(const ArtifactQuery& query) {
  if (query.receivers && query.receivers->empty()) return 0;
  const Snapshot snapshot(connection_);
  Statement statement(connection_, artifact_count_text(query));
  bind_query(statement, query, std::nullopt);
  std::uint64_t total = 0;
  auto rows = statement.rows();
  while (rows.next()) {
    if (!query.receivers || has_outcome(rows.integer(0), *query.receivers)) ++total;
  }
  return total;
}

std::vector<TimelineEntry> ArtifactReader::timeline(const domain::ArtifactId& id, std::int64_t after,
                                                    std::size_t limit) {
  const Snapshot snapshot(connection_);
  std::vector<TimelineEntry> entries;
  auto number = find_number_.query(id);
  if (!number.next()) return entries;
  auto rows = timeline_.query(number.integer(0), after, limit);
  while (rows.next()) {
    TimelineEntry entry{.row = read_journal_row(rows), .event = std::nullopt};
    entry.row.artifact_id = id;
    if (!rows.is_null(journal_column_count)) entry.event = read_event(rows, journal_column_count);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace xzepr::store::sqlite

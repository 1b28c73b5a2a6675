#include "store/sqlite/tables.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

std::span<const std::uint8_t> bytes_of(const std::vector<EventId>& ids) {
  static_assert(sizeof(EventId) == 16);
  return {reinterpret_cast<const std::uint8_t*>(ids.data()), ids.size() * sizeof(EventId)};
}

}  // namespace

void Head::note_drift(const domain::Event& event) {
  std::int64_t minted_ms = 0;
  for (std::size_t i = 0; i < 6; ++i) minted_ms = (minted_ms << 8) | event.id.value.bytes[i];
  const auto created = std::chrono::floor<std::chrono::milliseconds>(event.created_at);
  const auto lead = minted_ms - created.time_since_epoch().count();
  id_lead_ms = std::max(id_lead_ms, lead);
  id_lag_ms = std::max(id_lag_ms, -lead);
}

Tables::Tables(Connection& connection)
    : connection_(connection),
      read_head_(
          connection,
          "SELECT position, catalogue_revision, id_lead_ms, id_lag_ms FROM journal_head WHERE one = 1"),
      write_head_(
          connection,
          "UPDATE journal_head SET position = ?, catalogue_revision = ?, id_lead_ms = ?, id_lag_ms = ? "
          "WHERE one = 1"),
      find_artifact_(connection, "SELECT artifact_no FROM artifacts WHERE artifact_id = ?"),
      insert_artifact_(
          connection,
          "INSERT INTO artifacts (artifact_id, name, version, release, platform_id, package, first_seen_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)"),
      artifact_id_(connection, "SELECT artifact_id FROM artifacts WHERE artifact_no = ?"),
      insert_event_(
          connection,
          "INSERT INTO events (position, id, artifact_no, artifact_id, name, version, release, platform_id, "
          "package, description, payload, success, event_start, event_end, event_receiver_id, "
          "receiver_version, created_at, created_by) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      insert_journal_(connection,
                      "INSERT INTO journal (position, id, kind, cause, artifact_no, event_id, receiver_id, "
                      "receiver_version, group_id, group_version, satisfying, at) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      find_outcome_(connection,
                    fmt::format("SELECT {} FROM outcomes o WHERE o.receiver_id = ? AND o.artifact_no = ?",
                                outcome_columns)),
      write_outcome_(connection,
                     "INSERT INTO outcomes (receiver_id, artifact_no, passed, event_id, position, at) "
                     "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET passed = excluded.passed, "
                     "event_id = excluded.event_id, position = excluded.position, at = excluded.at"),
      find_gate_(connection, fmt::format("SELECT {} FROM gates g WHERE g.group_id = ? AND g.artifact_no = ?",
                                         gate_columns)),
      write_gate_(
          connection,
          "INSERT INTO gates (group_id, artifact_no, artifact_id, state, group_revision, since, "
          "first_opened_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, "
          "group_revision = excluded.group_revision, since = excluded.since, "
          "first_opened_at = excluded.first_opened_at"),
      find_claim_(connection, "SELECT body_hash, answer FROM idempotency_keys WHERE id = ?"),
      insert_claim_(connection,
                    "INSERT INTO idempotency_keys (id, body_hash, answer, created_at) VALUES (?, ?, ?, ?)") {}

Head Tables::read_head() {
  auto rows = read_head_.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: journal_head is empty");
  return {.position = rows.integer(0),
          .catalogue_revision = rows.integer(1),
          .id_lead_ms = rows.integer(2),
          .id_lag_ms = rows.integer(3)};
}

void Tables::write_head(const Head& head) {
  write_head_.execute(head.position, head.catalogue_revision, head.id_lead_ms, head.id_lag_ms);
}

std::optional<std::int64_t> Tables::find_artifact(const domain::ArtifactId& id) {
  auto rows = find_artifact_.query(id);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

std::int64_t Tables::insert_artifact(const domain::Event& first) {
  const auto& artifact = first.artifact;
  insert_artifact_.execute(first.artifact_id, artifact.name, artifact.version, artifact.release,
                           artifact.platform_id, artifact.package, first.created_at);
  return connection_.last_insert_rowid();
}

domain::ArtifactId Tables::artifact_id(std::int64_t artifact_no) {
  auto rows = artifact_id_.query(artifact_no);
  if (!rows.next())
    throw Fault(Fault::Kind::corrupt, fmt::format("SQLite: there is no artifact {}", artifact_no));
  return rows.artifact_id(0);
}

void Tables::insert_event(const domain::Event& event, std::int64_t artifact_no, std::int64_t position) {
  const auto& artifact = event.artifact;
  insert_event_.execute(position, event.id, artifact_no, event.artifact_id, artifact.name, artifact.version,
                        artifact.release, artifact.platform_id, artifact.package, event.description,
                        event.payload, event.success, event.event_start, event.event_end, event.receiver_id,
                        event.receiver_version, event.created_at, event.created_by);
}

void Tables::insert_journal(const domain::JournalRow& row, std::optional<std::int64_t> artifact_no) {
  std::optional<std::span<const std::uint8_t>> satisfying;
  if (!row.satisfying.empty()) satisfying = bytes_of(row.satisfying);
  insert_journal_.execute(row.position, row.id, static_cast<int>(row.kind), static_cast<int>(row.cause),
                          artifact_no, row.event_id, row.receiver_id, row.receiver_version, row.group_id,
                          row.group_version, satisfying, row.at);
}

std::optional<domain::OutcomeRow> Tables::find_outcome(const domain::OutcomeKey& key,
                                                       std::int64_t artifact_no) {
  auto rows = find_outcome_.query(key.receiver_id, artifact_no);
  if (!rows.next()) return std::nullopt;
  return read_outcome(rows, key.artifact_id);
}

void Tables::write_outcome(const domain::OutcomeRow& row, std::int64_t artifact_no) {
  write_outcome_.execute(row.receiver_id, artifact_no, row.passed, row.event_id, row.position, row.at);
}

std::optional<domain::GateRow> Tables::find_gate(const domain::GateKey& key, std::int64_t artifact_no) {
  auto rows = find_gate_.query(key.group_id, artifact_no);
  if (!rows.next()) return std::nullopt;
  return read_gate(rows);
}

void Tables::write_gate(const domain::GateRow& row, std::int64_t artifact_no) {
  write_gate_.execute(row.group_id, artifact_no, row.artifact_id, static_cast<int>(row.state),
                      row.group_revision, row.since, row.first_opened_at);
}

std::optional<StoredClaim> Tables::find_claim(const IdempotencyClaim& claim) {
  auto rows = find_claim_.query(claim.key);
  if (!rows.next()) return std::nullopt;
  return StoredClaim{.body_hash = rows.bytes32(0), .answer = rows.text(1)};
}

void Tables::insert_claim(const IdempotencyClaim& claim, const std::string& answer, TimePoint now) {
  insert_claim_.execute(claim.key, claim.body_hash, answer, now);
}

}  // namespace xzepr::store::sqlite

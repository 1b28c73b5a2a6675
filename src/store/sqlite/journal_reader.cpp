#include "store/sqlite/journal_reader.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {

JournalReader::JournalReader(Connection& connection, EventReader& events)
    : connection_(connection),
      events_(events),
      // An event has the position of the row that tells of it: both tables are read in their own order.
      rows_(connection, fmt::format("SELECT {}, {}, e.position, CASE WHEN e.position IS NULL THEN "
                                    "(SELECT artifact_id FROM artifacts WHERE artifact_no = j.artifact_no) "
                                    "END FROM journal j LEFT JOIN events e ON e.position = j.position "
                                    "WHERE j.position > ? ORDER BY j.position LIMIT ?",
                                    journal_columns, event_columns)),
      receiver_(connection,
                "SELECT body FROM event_receiver_revisions WHERE receiver_id = ? AND resource_version = ?"),
      group_(connection,
             "SELECT body FROM event_receiver_group_revisions WHERE group_id = ? AND resource_version = ?"),
      extent_(connection,
              "SELECT coalesce((SELECT position FROM journal WHERE position > 0 ORDER BY position LIMIT 1), "
              "position + 1), "
              "position, epoch FROM journal_head WHERE one = 1") {}

domain::JournalEntry JournalReader::read_entry(const Rows& rows) {
  domain::JournalEntry entry{.row = read_journal_row(rows)};
  auto& row = entry.row;
  constexpr int event_position_column = journal_column_count + event_column_count;
  if (!rows.is_null(event_position_column)) {
    entry.events.push_back(read_event(rows, journal_column_count));
    row.artifact_id = entry.events.front().artifact_id;
    return entry;
  }
  if (!rows.is_null(event_position_column + 1)) row.artifact_id = rows.artifact_id(event_position_column + 1);
  if (domain::has_events(row.kind) && row.event_id) add_events(entry);
  return entry;
}

JournalReader::Found JournalReader::find(Statement& statement, const Key& key, Seen& seen) {
  const auto [at, is_new] = seen.try_emplace(key);
  if (!is_new) return at->second;
  auto rows = statement.query(key.first, key.second);
  if (!rows.next()) return nullptr;
  if (auto revision = domain::parse_revision(rows.text(0)))
    at->second = std::make_shared<const domain::Revision>(*std::move(revision));
  return at->second;
}

void JournalReader::add_events(domain::JournalEntry& entry) {
  if (auto own = events_.find(*entry.row.event_id)) entry.events.push_back(*std::move(own));
  for (const auto id : entry.row.satisfying) {
    auto event = events_.find(id);
    if (!event) continue;
    if (event->payload.size() > limits::satisfying_payload_bytes_max) event->payload.clear();
    entry.events.push_back(*std::move(event));
  }
}

std::vector<domain::JournalEntry> JournalReader::read(const JournalRange& range) {
  const Snapshot snapshot(connection_);
  Seen receivers;
  Seen groups;
  std::vector<domain::JournalEntry> entries;
  std::size_t bytes = 0;
  auto rows = rows_.query(range.after, range.rows_max);
  while ((bytes < range.bytes_max || entries.empty()) && rows.next()) {
    auto entry = read_entry(rows);
    const auto& one = entry.row;
    if (one.receiver_id)
      entry.receiver = find(receiver_, {one.receiver_id->value, one.receiver_version}, receivers);
    if (one.group_id) entry.group = find(group_, {one.group_id->value, one.group_version}, groups);
    bytes += domain::text_bytes(entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

JournalExtent JournalReader::extent() {
  auto rows = extent_.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: journal_head is empty");
  return {.oldest = rows.integer(0), .newest = rows.integer(1), .epoch = rows.integer(2)};
}

}  // namespace xzepr::store::sqlite

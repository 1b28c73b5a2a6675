#include "store/sqlite/journal_reader.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

std::size_t text_bytes(const domain::JournalEntry& entry) {
  std::size_t bytes = 0;
  for (const auto& event : entry.events) bytes += event.payload.size() + event.description.size();
  return bytes;
}

}  // namespace

JournalReader::JournalReader(Connection& connection, EventReader& events)
    : connection_(connection),
      events_(events),
      rows_(connection, fmt::format("SELECT {}, a.artifact_id FROM journal j "
                                    "LEFT JOIN artifacts a ON a.artifact_no = j.artifact_no "
                                    "WHERE j.position > ? ORDER BY j.position LIMIT ?",
                                    journal_columns)),
      receiver_(connection,
                "SELECT body FROM event_receiver_revisions WHERE receiver_id = ? AND resource_version = ?"),
      group_(connection,
             "SELECT body FROM event_receiver_group_revisions WHERE group_id = ? AND resource_version = ?"),
      extent_(connection,
              "SELECT coalesce((SELECT position FROM journal WHERE position > 0 ORDER BY position LIMIT 1), "
              "position + 1), "
              "position, epoch FROM journal_head WHERE one = 1") {}

std::vector<domain::JournalRow> JournalReader::rows(const JournalRange& range) {
  std::vector<domain::JournalRow> found;
  auto rows = rows_.query(range.after, range.rows_max);
  while (rows.next()) {
    auto& row = found.emplace_back(read_journal_row(rows));
    if (!rows.is_null(journal_column_count)) row.artifact_id = rows.artifact_id(journal_column_count);
  }
  return found;
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
  for (auto& row : rows(range)) {
    if (bytes >= range.bytes_max && !entries.empty()) break;
    domain::JournalEntry entry{.row = std::move(row)};
    const auto& one = entry.row;
    if (domain::has_events(one.kind) && one.event_id) add_events(entry);
    if (one.receiver_id)
      entry.receiver = find(receiver_, {one.receiver_id->value, one.receiver_version}, receivers);
    if (one.group_id) entry.group = find(group_, {one.group_id->value, one.group_version}, groups);
    bytes += text_bytes(entry);
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

#include "store/postgres/journal_store.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "store/postgres/event_rows.hpp"

namespace xzepr::store::postgres {
namespace {

// So that a read of large events is never many times bytes_max: how long rows are is not known before.
constexpr std::size_t rows_at_first = 64;

// A look-up for each of the few rows, whatever the planner thinks of the tables: OFFSET 0 keeps it from
// joining them in another order.
const std::string journal_rows_text =
    fmt::format(R"(
SELECT {}, {} FROM (SELECT * FROM journal WHERE position > $1::bigint ORDER BY position LIMIT $2::bigint) AS j
LEFT JOIN LATERAL (SELECT * FROM artifacts WHERE artifact_no = j.artifact_no OFFSET 0) AS a ON true
LEFT JOIN LATERAL (SELECT * FROM events WHERE id = j.event_id AND j.kind IN ({}, {}) OFFSET 0) AS e ON true
ORDER BY j.position)",
                journal_columns(), event_columns(), static_cast<int>(domain::JournalKind::event_created),
                static_cast<int>(domain::JournalKind::group_complete));
const Statement journal_rows_sql{"journal_rows", journal_rows_text.c_str()};

std::string satisfying_columns() {
  std::string columns(event_columns());
  constexpr std::string_view payload = "e.payload::text";
  const auto at = columns.find(payload);
  return columns.replace(
      at, payload.size(),
      "CASE WHEN octet_length(e.payload::text) <= $2::bigint THEN e.payload::text ELSE '' END");
}
const std::string satisfying_text = fmt::format(
    "SELECT {} FROM unnest($1::uuid[]) AS one (id) CROSS JOIN LATERAL "
    "(SELECT * FROM events WHERE id = one.id OFFSET 0) AS e",
    satisfying_columns());
const Statement satisfying_sql{"journal_satisfying", satisfying_text.c_str()};

constexpr Statement receiver_revisions_sql{"receiver_revisions", R"(
SELECT r.receiver_id, r.resource_version, r.body
FROM unnest($1::uuid[], $2::bigint[]) AS one (id, version)
CROSS JOIN LATERAL (SELECT * FROM event_receiver_revisions
                    WHERE receiver_id = one.id AND resource_version = one.version OFFSET 0) AS r)"};
constexpr Statement group_revisions_sql{"group_revisions", R"(
SELECT r.group_id, r.resource_version, r.body
FROM unnest($1::uuid[], $2::bigint[]) AS one (id, version)
CROSS JOIN LATERAL (SELECT * FROM event_receiver_group_revisions
                    WHERE group_id = one.id AND resource_version = one.version OFFSET 0) AS r)"};
constexpr Statement extent_sql{"journal_extent", R"(
SELECT coalesce((SELECT position FROM journal WHERE position > 0 ORDER BY position LIMIT 1), position + 1),
  position, epoch
FROM journal_head WHERE id = 1)"};

using RevisionKey = std::pair<Uuid, std::int64_t>;
using Revisions = std::map<RevisionKey, std::shared_ptr<const domain::Revision>>;

Params params_of(const Revisions& wanted) {
  ArrayParam ids(TypeOid::uuid, wanted.size(), wanted.size() * 20);
  ArrayParam versions(TypeOid::int8, wanted.size(), wanted.size() * 12);
  for (const auto& [key, unread] : wanted) {
    ids.add(key.first);
    versions.add(key.second);
  }
  Params params;
  params.array(std::move(ids)).array(std::move(versions));
  return params;
}

void take_revisions(Revisions& wanted, const Rows& rows) {
  for (int row = 0; row < rows.size(); ++row) {
    auto revision = domain::parse_revision(rows.text(row, 2));
    if (revision)
      wanted[{rows.uuid(row, 0), rows.int8(row, 1)}] =
          std::make_shared<const domain::Revision>(*std::move(revision));
  }
}

RevisionKey receiver_key(const domain::JournalRow& row) {
  return {uuid_of(*row.receiver_id), row.receiver_version};
}
RevisionKey group_key(const domain::JournalRow& row) { return {uuid_of(*row.group_id), row.group_version}; }

/// How many more rows are likely to hold what is left of `range`, when `rows` hold `bytes`.
std::size_t rows_left(const JournalRange& range, std::size_t rows, std::size_t bytes) {
  const auto more = range.rows_max - rows;
  if (rows == 0) return std::min(rows_at_first, more);
  const auto of_one = std::max<std::size_t>(bytes / rows, 1);
  return std::clamp<std::size_t>((range.bytes_max - bytes) / of_one, 1, more);
}

}  // namespace

std::vector<const Statement*> journal_statements() {
  return {&journal_rows_sql, &satisfying_sql, &receiver_revisions_sql, &group_revisions_sql, &extent_sql};
}

PostgresJournalStore::PostgresJournalStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<std::vector<domain::JournalEntry>> PostgresJournalStore::read(JournalRange range, Deadline deadline) {
  Entries all;
  std::size_t bytes = 0;
  while (all.size() < range.rows_max && (bytes < range.bytes_max || all.empty())) {
    const auto limit = rows_left(range, all.size(), bytes);
    Entries some = co_await read_rows(all.empty() ? range.after : all.back().row.position, limit, deadline);
    const bool is_last = some.size() < limit;
    for (auto& entry : some) {
      if (bytes >= range.bytes_max && !all.empty()) break;
      bytes += domain::text_bytes(entry);
      all.push_back(std::move(entry));
    }
    if (is_last) break;
  }
  co_await add_satisfying(all, deadline);
  co_await add_revisions(all, deadline);
  co_return all;
}

Task<std::vector<domain::JournalEntry>> PostgresJournalStore::read_rows(std::int64_t after, std::size_t limit,
                                                                        Deadline deadline) {
  Params params;
  params.int8(after).int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read(journal_rows_sql, std::move(params), deadline);
  Entries entries;
  entries.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    auto& entry = entries.emplace_back();
    entry.row = journal_row_of(rows, row);
    if (!rows.is_null(row, journal_column_count))
      entry.events.push_back(event_of(rows, row, journal_column_count));
  }
  co_return entries;
}

Task<> PostgresJournalStore::add_satisfying(Entries& entries, Deadline deadline) {
  std::unordered_map<EventId, domain::Event> found;
  std::vector<EventId> ids;
  for (const auto& entry : entries) {
    for (const auto id : entry.row.satisfying) {
      if (found.try_emplace(id).second) ids.push_back(id);
    }
  }
  if (ids.empty()) co_return;
  found.clear();
  Params params;
  params.ids(ids).int8(static_cast<std::int64_t>(limits::satisfying_payload_bytes_max));
  const auto rows = co_await pool_->read(satisfying_sql, std::move(params), deadline);
  for (int row = 0; row < rows.size(); ++row) {
    auto event = event_of(rows, row);
    const auto id = event.id;
    found.emplace(id, std::move(event));
  }
  for (auto& entry : entries) {
    for (const auto id : entry.row.satisfying) {
      const auto one = found.find(id);
      if (one != found.end()) entry.events.push_back(one->second);
    }
  }
}

Task<> PostgresJournalStore::add_revisions(Entries& entries, Deadline deadline) {
  Revisions receivers;
  Revisions groups;
  for (const auto& entry : entries) {
    if (entry.row.receiver_id) receivers.try_emplace(receiver_key(entry.row));
    if (entry.row.group_id) groups.try_emplace(group_key(entry.row));
  }
  if (!receivers.empty()) {
    auto params = params_of(receivers);
    take_revisions(receivers, co_await pool_->read(receiver_revisions_sql, std::move(params), deadline));
  }
  if (!groups.empty()) {
    auto params = params_of(groups);
    take_revisions(groups, co_await pool_->read(group_revisions_sql, std::move(params), deadline));
  }
  for (auto& entry : entries) {
    if (entry.row.receiver_id) entry.receiver = receivers[receiver_key(entry.row)];
    if (entry.row.group_id) entry.group = groups[group_key(entry.row)];
  }
}

Task<JournalExtent> PostgresJournalStore::extent(Deadline deadline) {
  Params none;
  const auto rows = co_await pool_->read(extent_sql, std::move(none), deadline);
  if (rows.is_empty()) throw Fault(Fault::Kind::corrupt, "PostgreSQL: journal_head is empty");
  co_return JournalExtent{.oldest = rows.int8(0, 0), .newest = rows.int8(0, 1), .epoch = rows.int8(0, 2)};
}

}  // namespace xzepr::store::postgres

#include "store/postgres/search_store.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "domain/journal_row.hpp"
#include "store/postgres/event_finder.hpp"
#include "store/postgres/event_rows.hpp"

namespace xzepr::store::postgres {
namespace {

// Its terms are made on the shard: two or three milliseconds.
constexpr std::size_t slice_events_max = 100;

constexpr Statement positions_sql{"search_positions", R"(
SELECT s.position, h.position FROM search_index AS s CROSS JOIN journal_head AS h WHERE s.id = 1 AND h.id = 1)"};

// One statement, so that it is one transaction; a slice that another node has filed meanwhile moves nothing,
// and then nothing is inserted.
constexpr Statement file_events_sql{"file_events", R"(
WITH moved AS (UPDATE search_index SET position = $2::bigint WHERE id = 1 AND position = $1::bigint RETURNING 1)
INSERT INTO event_terms (position, event_id, terms)
SELECT one.position, one.event_id, one.terms::tsvector
FROM moved CROSS JOIN unnest($3::bigint[], $4::uuid[], $5::text[]) AS one (position, event_id, terms))"};

// Of a journal row that is an event.
constexpr int created = static_cast<int>(domain::JournalKind::event_created);

struct Slice {
  std::vector<std::int64_t> positions;
  std::vector<domain::Event> events;
};

Slice slice_of(const Rows& rows) {
  Slice slice;
  for (int row = 0; row < rows.size(); ++row) {
    slice.positions.push_back(rows.int8(row, event_column_count));
    slice.events.push_back(event_of(rows, row));
  }
  return slice;
}

// A term has neither quotes nor backslashes.
std::string tsvector_text(const domain::Event& event) {
  const auto terms = domain::terms_of(event);
  return terms.empty() ? std::string() : fmt::format("'{}'", fmt::join(terms, "' '"));
}

Params filing_of(const Slice& slice, std::int64_t after, std::int64_t last) {
  const auto count = slice.events.size();
  ArrayParam positions(TypeOid::int8, count, count * 12);
  ArrayParam ids(TypeOid::uuid, count, count * 20);
  ArrayParam terms(TypeOid::text, count, count * 200);
  for (const auto position : slice.positions) positions.add(position);
  for (const auto& event : slice.events) {
    ids.add(uuid_of(event.id));
    terms.add(std::string_view(tsvector_text(event)));
  }
  Params params;
  params.int8(after).int8(last).array(std::move(positions)).array(std::move(ids)).array(std::move(terms));
  return params;
}

void add_ids(std::vector<EventId>& ids, const Rows& rows) {
  for (int row = 0; row < rows.size(); ++row) ids.push_back(rows.id<EventId>(row, 0));
}

}  // namespace

std::string tsquery_text(const domain::SearchTerms& terms) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " & ") + part; };
  for (const auto& term : terms.all) add(fmt::format("'{}'", term));
  if (terms.prefix) add(fmt::format("'{}':*", *terms.prefix));
  for (const auto& term : terms.payload) add(fmt::format("( '{}' | '{}' )", term, domain::term_of_more));
  return text;
}

PlannedQuery filed_events(const domain::SearchTerms& terms, std::size_t limit) {
  PlannedQuery planned{
      .sql = "SELECT t.event_id FROM event_terms AS t WHERE t.terms @@ $1::text::tsquery LIMIT $2::bigint",
      .params = {}};
  planned.params.text(tsquery_text(terms)).int8(static_cast<std::int64_t>(limit));
  return planned;
}

// Ordered, so that the planner takes the index: it cannot know that little is left behind the position.
PlannedQuery events_not_filed(std::size_t limit) {
  PlannedQuery planned{
      .sql = fmt::format("SELECT j.event_id FROM journal AS j WHERE j.kind = {} AND j.position > "
                         "(SELECT position FROM search_index WHERE id = 1) "
                         "ORDER BY j.position LIMIT $1::bigint",
                         created),
      .params = {}};
  planned.params.int8(static_cast<std::int64_t>(limit));
  return planned;
}

PlannedQuery next_events(std::int64_t after, std::size_t limit) {
  PlannedQuery planned{
      .sql = fmt::format("SELECT {}, j.position FROM (SELECT event_id, position FROM journal "
                         "WHERE kind = {} AND position > $1::bigint "
                         "ORDER BY position LIMIT $2::bigint) AS j "
                         "JOIN events AS e ON e.id = j.event_id ORDER BY j.position",
                         event_columns(), created),
      .params = {}};
  planned.params.int8(after).int8(static_cast<std::int64_t>(limit));
  return planned;
}

PostgresSearchStore::PostgresSearchStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

// What is not filed is read first: what is filed in between is then found twice, never not at all.
Task<std::optional<std::vector<EventId>>> PostgresSearchStore::candidates(domain::SearchTerms terms,
                                                                          std::size_t max,
                                                                          Deadline deadline) {
  std::vector<EventId> ids;
  auto waiting = events_not_filed(max + 1);
  add_ids(ids, co_await pool_->read_planned(std::move(waiting), deadline));
  if (ids.size() > max) co_return std::nullopt;
  auto filed = filed_events(terms, max + 1);
  add_ids(ids, co_await pool_->read_planned(std::move(filed), deadline));
  std::ranges::sort(ids);
  const auto repeats = std::ranges::unique(ids);
  ids.erase(repeats.begin(), repeats.end());
  if (ids.size() > max) co_return std::nullopt;
  co_return ids;
}

Task<std::vector<domain::Event>> PostgresSearchStore::read(std::vector<EventId> ids, Deadline deadline) {
  Params params;
  params.ids(ids);
  const auto rows = co_await pool_->read(find_events_statement(), std::move(params), deadline);
  std::vector<domain::Event> events;
  events.reserve(ids.size());
  for (int row = 0; row < rows.size(); ++row) events.push_back(event_of(rows, row));
  co_return events;
}

Task<IndexProgress> PostgresSearchStore::index_slice(Deadline deadline) {
  Params none;
  const auto positions = co_await pool_->read(positions_sql, std::move(none), deadline);
  if (positions.is_empty()) throw Fault(Fault::Kind::corrupt, "PostgreSQL: search_index is empty");
  IndexProgress progress;
  progress.indexed_position = positions.int8(0, 0);
  progress.head_position = positions.int8(0, 1);
  if (!progress.is_behind()) co_return progress;
  auto next = next_events(progress.indexed_position, slice_events_max);
  const auto slice = slice_of(co_await pool_->read_planned(std::move(next), deadline));
  // Positions without an event, at the end, are done as well; but not those that came since.
  const bool is_last = slice.events.size() < slice_events_max;
  auto last = slice.events.empty() ? progress.head_position : slice.positions.back();
  if (is_last) last = std::max(last, progress.head_position);
  auto filing = filing_of(slice, progress.indexed_position, last);
  (void)co_await pool_->read(file_events_sql, std::move(filing), deadline);
  progress.events = slice.events.size();
  progress.indexed_position = last;
  co_return progress;
}

}  // namespace xzepr::store::postgres

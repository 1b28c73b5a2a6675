#include "store/sqlite/search_index.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

// A few milliseconds of the writer's time.
constexpr std::int64_t slice_events_max = 250;
constexpr std::size_t slice_bytes_max = 4 * 1'048'576;

std::int64_t integer_of(Rows rows) {
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: search_index or journal_head is empty");
  return rows.integer(0);
}

}  // namespace

std::string match_text(const domain::SearchTerms& terms) {
  // A term has no quotes.
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " AND ") + part; };
  for (const auto& term : terms.all) add(fmt::format("\"{}\"", term));
  if (terms.prefix) add(fmt::format("\"{}\" *", *terms.prefix));
  for (const auto& term : terms.payload) add(fmt::format("(\"{}\" OR \"{}\")", term, domain::term_of_more));
  return text;
}

SearchReader::SearchReader(Connection& connection)
    : connection_(connection),
      position_(
          connection,
          "SELECT s.position, h.position FROM search_index s, journal_head h WHERE s.one = 1 AND h.one = 1"),
      filed_(connection,
             "SELECT e.id FROM event_terms t CROSS JOIN events e ON e.position = t.rowid "
             "WHERE t.event_terms MATCH ? LIMIT ?"),
      not_filed_(connection, "SELECT id FROM events WHERE position > ? ORDER BY position LIMIT ?"),
      next_(connection, fmt::format("SELECT {}, e.position FROM events e WHERE e.position > ? "
                                    "ORDER BY e.position LIMIT ?",
                                    event_columns)) {}

std::optional<std::vector<EventId>> SearchReader::candidates(const domain::SearchTerms& terms,
                                                             std::size_t max) {
  const Snapshot snapshot(connection_);
  std::vector<EventId> ids;
  const auto add = [&ids](Rows rows) {
    while (rows.next()) ids.push_back(rows.id<EventId>(0));
  };
  add(not_filed_.query(integer_of(position_.query()), max + 1));
  if (ids.size() <= max) add(filed_.query(match_text(terms), max + 1 - ids.size()));
  if (ids.size() > max) return std::nullopt;
  return ids;
}

IndexSlice SearchReader::next_slice() {
  const Snapshot snapshot(connection_);
  IndexSlice slice;
  {
    auto rows = position_.query();
    if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: search_index or journal_head is empty");
    slice.after = rows.integer(0);
    slice.head_position = rows.integer(1);
  }
  slice.last_position = slice.after;
  auto rows = next_.query(slice.after, slice_events_max);
  std::size_t bytes = 0;
  bool is_whole = true;
  while (is_whole && rows.next()) {
    const auto event = read_event(rows);
    bytes += event.payload.size() + event.description.size();
    slice.last_position = rows.integer(16);
    slice.entries.push_back({.position = slice.last_position,
                             .terms = fmt::format("{}", fmt::join(domain::terms_of(event), " "))});
    is_whole = bytes < slice_bytes_max;
  }
  // Positions without an event, at the end, are done as well.
  const bool is_last = is_whole && slice.entries.size() < static_cast<std::size_t>(slice_events_max);
  if (is_last) slice.last_position = slice.head_position;
  return slice;
}

SearchWriter::SearchWriter(Connection& connection, Checkpointer& checkpointer)
    : connection_(connection),
      checkpointer_(checkpointer),
      position_(connection, "SELECT position FROM search_index WHERE one = 1"),
      insert_(connection, "INSERT INTO event_terms (rowid, terms) VALUES (?, ?)"),
      move_(connection, "UPDATE search_index SET position = ? WHERE one = 1") {}

IndexProgress SearchWriter::file(const IndexSlice& slice) {
  Transaction transaction(connection_);
  const auto position = integer_of(position_.query());
  if (position != slice.after)
    return {.events = 0, .head_position = slice.head_position, .indexed_position = position};
  for (const auto& entry : slice.entries) insert_.execute(entry.position, entry.terms);
  move_.execute(slice.last_position);
  transaction.commit();
  checkpointer_.after_commit();
  return {.events = slice.entries.size(),
          .head_position = slice.head_position,
          .indexed_position = slice.last_position};
}

}  // namespace xzepr::store::sqlite

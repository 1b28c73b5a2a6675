// The statements that list events: which index leads, and the text and parameters that follow from it. Pure.
// Values are always parameters; the text depends only on which filters are set.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "store/event_store.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

/// What leads to the rows. Each but `artifacts` and `time` gives them in the order of their ids; those two
/// are taken only when few rows can match, which are then sorted.
enum class ListPath : std::uint8_t { id, receiver, failed, platform, package, artifacts, time };

/// At most this many artifacts of one name, or events of one time range, are gathered and sorted. A name with
/// more is so frequent that walking by id soon finds a page of it.
inline constexpr std::int64_t gathered_artifacts_max = 2'000;
inline constexpr std::int64_t gathered_events_max = 5'000;
/// Lists of so many receivers are merged from as many runs; longer ones are filtered.
inline constexpr std::size_t merged_receivers_max = 256;

/// These sort what they find, so they give only (id, position, receiver id): the page's events are read by
/// position.
[[nodiscard]] constexpr bool is_gathered(ListPath path) {
  return path == ListPath::artifacts || path == ListPath::time;
}

/// Inclusive bounds.
struct IdRange {
  Ulid low;
  Ulid high;
};
/// `lead` and `lag`: how far ids' times were ever ahead of and behind created_at, in milliseconds.
[[nodiscard]] IdRange id_range(const EventQuery& query, std::int64_t lead_ms, std::int64_t lag_ms);

using ListValue = std::variant<std::int64_t, std::string, Ulid>;

struct ListSql {
  std::string text;
  std::vector<ListValue> values;
};
/// For ListPath::receiver one receiver is given; other receivers of the query are the caller's to filter.
/// `limit` -1: none.
[[nodiscard]] ListSql list_sql(const EventQuery& query, ListPath path, const IdRange& range,
                               std::optional<ReceiverId> receiver, std::int64_t limit);

/// How many there are, or, of all receivers, each one's receiver id: the caller's to filter.
enum class CountOf : std::uint8_t { rows, receivers };
[[nodiscard]] ListSql count_sql(const EventQuery& query, ListPath path, const IdRange& range,
                                std::optional<ReceiverId> receiver, CountOf what);

}  // namespace xzepr::store::sqlite

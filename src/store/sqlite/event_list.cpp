#include "store/sqlite/event_list.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::int64_t time_part_max = (std::int64_t{1} << 48) - 1;

std::int64_t milliseconds(TimePoint time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

/// The time part of `ms` and every other byte `rest`.
Ulid bound_of(std::int64_t ms, std::uint8_t rest) {
  const auto time = static_cast<std::uint64_t>(std::clamp<std::int64_t>(ms, 0, time_part_max));
  Ulid ulid;
  ulid.bytes.fill(rest);
  for (std::size_t i = 0; i < 6; ++i) ulid.bytes[i] = static_cast<std::uint8_t>(time >> (8 * (5 - i)));
  return ulid;
}

/// The next one up or down; the last one stays, which no event can have.
Ulid neighbour(Ulid ulid, SortOrder direction) {
  const bool is_up = direction == SortOrder::ascending;
  const std::uint8_t wrapping = is_up ? 0xFF : 0x00;
  for (auto at = ulid.bytes.rbegin(); at != ulid.bytes.rend(); ++at) {
    const bool wraps = *at == wrapping;
    *at = static_cast<std::uint8_t>(is_up ? *at + 1 : *at - 1);
    if (!wraps) break;
  }
  return ulid;
}

class Builder {
 public:
  void from(std::string_view text) { sql_.text += text; }
  void where(std::string_view condition, ListValue value) {
    sql_.text += sql_.values.empty() ? " WHERE " : " AND ";
    sql_.text += condition;
    sql_.values.push_back(std::move(value));
  }
  void where_text(std::string_view condition, const std::optional<std::string>& value) {
    if (value) where(condition, *value);
  }
  void where_time(std::string_view condition, const std::optional<TimePoint>& value) {
    if (value) where(condition, value->time_since_epoch().count());
  }
  ListSql take() { return std::move(sql_); }
  ListSql finish(std::string_view id, SortOrder order, std::int64_t limit) {
    sql_.text += fmt::format(" ORDER BY {}{} LIMIT ?", id, order == SortOrder::ascending ? "" : " DESC");
    sql_.values.emplace_back(limit);
    return std::move(sql_);
  }

 private:
  ListSql sql_;
};

bool looks_into_events(const EventQuery& query) {
  return query.success || query.since || query.until || query.start_since || query.end_until;
}

std::string_view source_of(ListPath path, const EventQuery& query) {
  switch (path) {
    case ListPath::id: return " FROM events e INDEXED BY idx_events_id";
    case ListPath::receiver: return " FROM events e INDEXED BY idx_events_receiver_id";
    case ListPath::failed: return " FROM events e INDEXED BY idx_events_success";
    case ListPath::platform: return " FROM events e INDEXED BY idx_events_platform_id";
    case ListPath::package: return " FROM events e INDEXED BY idx_events_package";
    case ListPath::time: return " FROM events e INDEXED BY idx_events_time_range";
    case ListPath::artifacts:
      // kind 1: the rows of events themselves, which share their position.
      return looks_into_events(query) ? " FROM artifacts a INDEXED BY idx_artifacts_name"
                                        " CROSS JOIN journal j INDEXED BY idx_journal_artifact_no ON "
                                        "j.artifact_no = a.artifact_no AND j.kind = 1"
                                        " CROSS JOIN events e ON e.position = j.position"
                                      : " FROM artifacts a INDEXED BY idx_artifacts_name"
                                        " CROSS JOIN journal j INDEXED BY idx_journal_artifact_no ON "
                                        "j.artifact_no = a.artifact_no AND j.kind = 1";
  }
  std::unreachable();
}

std::string_view columns_of(ListPath path) {
  if (path == ListPath::artifacts) return "j.event_id, j.position, j.receiver_id";
  return path == ListPath::time ? "e.id, e.position, e.event_receiver_id" : event_columns;
}

void filter_artifact(Builder& sql, const EventQuery& query, ListPath path) {
  const bool is_joined = path == ListPath::artifacts;
  sql.where_text(is_joined ? "a.name = ?" : "e.name = ?", query.name);
  sql.where_text(is_joined ? "a.version = ?" : "e.version = ?", query.version);
  sql.where_text(is_joined ? "a.release = ?" : "e.release = ?", query.release);
  sql.where_text(is_joined ? "a.platform_id = ?" : "e.platform_id = ?", query.platform_id);
  sql.where_text(is_joined ? "a.package = ?" : "e.package = ?", query.package);
}

}  // namespace

IdRange id_range(const EventQuery& query, std::int64_t lead_ms, std::int64_t lag_ms) {
  IdRange range{.low = bound_of(0, 0x00), .high = bound_of(time_part_max, 0xFF)};
  if (query.since) range.low = bound_of(milliseconds(*query.since) - lag_ms, 0x00);
  if (query.until) range.high = bound_of(milliseconds(*query.until) + lead_ms, 0xFF);
  if (!query.after) return range;
  const auto next = neighbour(query.after->value, query.order);
  if (query.order == SortOrder::ascending) {
    range.low = std::max(range.low, next);
  } else {
    range.high = std::min(range.high, next);
  }
  return range;
}

namespace {

std::string_view id_of(ListPath path) { return path == ListPath::artifacts ? "j.event_id" : "e.id"; }

Builder matching(std::string_view columns, const EventQuery& query, ListPath path, const IdRange& range,
                 std::optional<ReceiverId> receiver) {
  Builder sql;
  sql.from(fmt::format("SELECT {}{}", columns, source_of(path, query)));
  if (receiver) sql.where("e.event_receiver_id = ?", receiver->value);
  filter_artifact(sql, query, path);
  sql.where(fmt::format("{} >= ?", id_of(path)), range.low);
  sql.where(fmt::format("{} <= ?", id_of(path)), range.high);
  if (query.success)
    sql.where(*query.success ? "e.success = ?" : "e.success = 0 AND e.success = ?", *query.success ? 1 : 0);
  sql.where_time("e.created_at >= ?", query.since);
  sql.where_time("e.created_at < ?", query.until);
  sql.where_time("e.event_start >= ?", query.start_since);
  sql.where_time("e.event_end < ?", query.end_until);
  // An event starts before it ends: what bounds the end bounds the start, which the index leads with.
  sql.where_time("e.event_start < ?", query.end_until);
  return sql;
}

}  // namespace

ListSql list_sql(const EventQuery& query, ListPath path, const IdRange& range,
                 std::optional<ReceiverId> receiver, std::int64_t limit) {
  return matching(columns_of(path), query, path, range, receiver).finish(id_of(path), query.order, limit);
}

ListSql count_sql(const EventQuery& query, ListPath path, const IdRange& range,
                  std::optional<ReceiverId> receiver, CountOf what) {
  const std::string_view of_receivers = path == ListPath::artifacts ? "j.receiver_id" : "e.event_receiver_id";
  return matching(what == CountOf::rows ? "count(*)" : of_receivers, query, path, range, receiver).take();
}

}  // namespace xzepr::store::sqlite

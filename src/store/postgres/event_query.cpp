#include "store/postgres/event_query.hpp"

#include <array>

#include <fmt/format.h>

#include "store/postgres/event_rows.hpp"

namespace xzepr::store::postgres {
namespace {

// More receivers than this, and walking all events costs less than one walk per receiver.
constexpr std::size_t receivers_walked_max = 64;

class Conditions {
 public:
  explicit Conditions(Params& params) : params_(params) {}

  void text(std::string_view column, std::string_view how, const std::optional<std::string>& value) {
    if (!value) return;
    add(column, how, "text");
    params_.text(*value);
  }
  void time(std::string_view column, std::string_view how, const std::optional<TimePoint>& value) {
    if (!value) return;
    add(column, how, "timestamptz");
    params_.time(*value);
  }
  template <class T>
  void id(std::string_view column, std::string_view how, const std::optional<T>& value) {
    if (!value) return;
    add(column, how, "uuid");
    params_.id(*value);
  }
  // Spelled out, not a parameter: a partial index serves it.
  void raw(std::string_view condition) {
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    sql_ += condition;
  }
  [[nodiscard]] const std::string& sql() const { return sql_; }

 private:
  void add(std::string_view column, std::string_view how, std::string_view type) {
    raw(fmt::format("{} {} {}::{}", column, how, params_.next_name(), type));
  }

  Params& params_;
  std::string sql_;
};

void add_filters(Conditions& conditions, const EventQuery& query) {
  conditions.text("e.name", "=", query.name);
  conditions.text("e.version", "=", query.version);
  conditions.text("e.release", "=", query.release);
  conditions.text("e.platform_id", "=", query.platform_id);
  conditions.text("e.package", "=", query.package);
  conditions.time("e.created_at", ">=", query.since);
  conditions.time("e.created_at", "<", query.until);
  conditions.time("e.event_start", ">=", query.start_since);
  conditions.time("e.event_end", "<", query.end_until);
  if (query.success) conditions.raw(*query.success ? "e.success" : "NOT e.success");
  conditions.id("e.id", query.order == SortOrder::ascending ? ">" : "<", query.after);
}

std::string tail(const EventQuery& query, const std::string& limit) {
  return fmt::format(" ORDER BY e.id {} LIMIT {}::bigint",
                     query.order == SortOrder::ascending ? "ASC" : "DESC", limit);
}

// One walk per receiver, each at most a page; their union is sorted and cut.
std::string by_receivers(const EventQuery& query, Params& params) {
  const auto receivers = params.next_name();
  params.ids(*query.receivers);
  const auto limit = params.next_name();
  params.int8(static_cast<std::int64_t>(query.limit));
  Conditions conditions(params);
  conditions.raw("e.event_receiver_id = receiver.id");
  add_filters(conditions, query);
  return fmt::format(
      "SELECT {0} FROM unnest({1}::uuid[]) AS receiver (id) CROSS JOIN LATERAL (SELECT * FROM events AS "
      "e{2}{3}) AS e{3}",
      event_columns(), receivers, conditions.sql(), tail(query, limit));
}

std::string by_id(const EventQuery& query, Params& params) {
  Conditions conditions(params);
  if (query.receivers) {
    conditions.raw(fmt::format("e.event_receiver_id = ANY({}::uuid[])", params.next_name()));
    params.ids(*query.receivers);
  }
  add_filters(conditions, query);
  const auto limit = params.next_name();
  params.int8(static_cast<std::int64_t>(query.limit));
  return fmt::format("SELECT {} FROM events AS e{}{}", event_columns(), conditions.sql(), tail(query, limit));
}

void add_filters(Conditions& conditions, const ArtifactQuery& query) {
  conditions.text("a.name", "=", query.name);
  conditions.text("a.version", "=", query.version);
  conditions.text("a.release", "=", query.release);
  conditions.text("a.platform_id", "=", query.platform_id);
  conditions.text("a.package", "=", query.package);
}

constexpr std::string_view artifact_columns =
    "a.id, a.name, a.version, a.release, a.platform_id, a.package, a.first_seen_at";

// The artifacts of each receiver in the order of artifact ids, at most a page; one seen by several counts
// once.
std::string artifacts_by_receivers(const ArtifactQuery& query, Params& params) {
  const auto receivers = params.next_name();
  params.ids(*query.receivers);
  const auto limit = params.next_name();
  params.int8(static_cast<std::int64_t>(query.limit));
  Conditions conditions(params);
  conditions.raw("o.receiver_id = receiver.id");
  conditions.id("o.artifact_id", ">", query.after);
  add_filters(conditions, query);
  return fmt::format(
      "SELECT DISTINCT ON (a.id) {0} FROM unnest({1}::uuid[]) AS receiver (id) CROSS JOIN LATERAL ("
      "SELECT a.* FROM outcomes AS o JOIN artifacts AS a ON a.id = o.artifact_id{2} "
      "ORDER BY o.artifact_id LIMIT {3}::bigint) AS a ORDER BY a.id LIMIT {3}::bigint",
      artifact_columns, receivers, conditions.sql(), limit);
}

std::string artifacts_by_id(const ArtifactQuery& query, Params& params) {
  Conditions conditions(params);
  add_filters(conditions, query);
  conditions.id("a.id", ">", query.after);
  if (query.receivers) {
    conditions.raw(
        fmt::format("EXISTS (SELECT FROM outcomes AS o WHERE o.artifact_id = a.id "
                    "AND o.receiver_id = ANY({}::uuid[]))",
                    params.next_name()));
    params.ids(*query.receivers);
  }
  const auto limit = params.next_name();
  params.int8(static_cast<std::int64_t>(query.limit));
  return fmt::format("SELECT {} FROM artifacts AS a{} ORDER BY a.id LIMIT {}::bigint", artifact_columns,
                     conditions.sql(), limit);
}

struct Ranked {
  domain::GateState state;
  int rank;
};
// Stuck ones first.
constexpr std::array ranks{Ranked{domain::GateState::failing, 1}, Ranked{domain::GateState::pending, 2},
                           Ranked{domain::GateState::open, 3}};

int rank_of(domain::GateState state) {
  for (const auto& ranked : ranks) {
    if (ranked.state == state) return ranked.rank;
  }
  return 0;
}

}  // namespace

PlannedQuery event_list(const EventQuery& query) {
  PlannedQuery planned;
  const bool by_receiver = query.receivers && !query.name && query.receivers->size() <= receivers_walked_max;
  planned.sql = by_receiver ? by_receivers(query, planned.params) : by_id(query, planned.params);
  return planned;
}

PlannedQuery artifact_list(const ArtifactQuery& query) {
  PlannedQuery planned;
  const bool by_receiver = query.receivers && !query.name && query.receivers->size() <= receivers_walked_max;
  planned.sql =
      by_receiver ? artifacts_by_receivers(query, planned.params) : artifacts_by_id(query, planned.params);
  return planned;
}

// One walk per state along (group_id, state, since, artifact_id): the index knows no rank.
PlannedQuery gate_list(const GateListQuery& query) {
  PlannedQuery planned;
  auto& params = planned.params;
  params.id(query.group_id).int8(static_cast<std::int64_t>(query.limit));
  std::string after;
  // A parameter that no walk names would have no type.
  if (query.after && (!query.state || *query.state == query.after->state)) {
    after = fmt::format(" AND (g.since, g.artifact_id) > (${}::timestamptz, ${}::uuid)", 3, 4);
    params.time(query.after->since).id(query.after->artifact_id);
  }
  std::string walks;
  for (const auto& [state, rank] : ranks) {
    const bool is_behind = query.after && rank < rank_of(query.after->state);
    if (is_behind || (query.state && *query.state != state)) continue;
    const bool is_same = query.after && query.after->state == state;
    walks += fmt::format(
        "{}(SELECT {} AS rank, g.* FROM gates AS g WHERE g.group_id = $1::uuid AND g.state = {}{} "
        "ORDER BY g.since, g.artifact_id LIMIT $2::bigint)",
        walks.empty() ? "" : " UNION ALL ", rank, static_cast<int>(state), is_same ? after : "");
  }
  if (walks.empty()) return {};
  planned.sql = fmt::format(
      "SELECT g.artifact_id, g.group_id, g.state, g.group_revision, g.since, g.first_opened_at, {0} FROM "
      "(SELECT w.* FROM ({1}) AS w "
      "ORDER BY w.rank, w.since, w.artifact_id LIMIT $2::bigint) AS g JOIN artifacts AS a ON a.id = g.artifact_id "
      "ORDER BY g.rank, g.since, g.artifact_id",
      artifact_columns, walks);
  return planned;
}

}  // namespace xzepr::store::postgres

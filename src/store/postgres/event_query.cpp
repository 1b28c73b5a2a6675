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

  void text(std::string_view column, const std::optional<std::string>& value) {
    if (!value) return;
    add(column, "=", "text");
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
  template <class Range>
  void any_id(std::string_view column, const Range& values) {
    raw(fmt::format("{} = ANY({}::uuid[])", column, params_.next_name()));
    params_.ids(values);
  }
  void any_number(std::string_view column, std::span<const std::int64_t> values) {
    raw(fmt::format("{} = ANY({}::bigint[])", column, params_.next_name()));
    ArrayParam array(TypeOid::int8, values.size(), values.size() * 12);
    for (const auto value : values) array.add(value);
    params_.array(std::move(array));
  }
  // An event's id against a time, made wider by how far the two were ever apart.
  void id_at(std::string_view how, std::int64_t milliseconds, std::string_view distance) {
    raw(
        fmt::format("e.id {} (SELECT (lpad(to_hex(least(greatest({}::bigint {}, 0), 281474976710655)), 12, "
                    "'0') || repeat('0', 20))::uuid "
                    "FROM journal_head WHERE id = 1)",
                    how, params_.next_name(), distance));
    params_.int8(milliseconds);
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

std::string bind(Params& params, std::size_t limit) {
  auto name = params.next_name() + "::bigint";
  params.int8(static_cast<std::int64_t>(limit));
  return name;
}

std::int64_t milliseconds(TimePoint time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

template <class Query>
void add_artifact_filters(Conditions& conditions, const Query& query, std::string_view table) {
  const auto column = [table](std::string_view name) { return fmt::format("{}.{}", table, name); };
  conditions.text(column("name"), query.name);
  conditions.text(column("version"), query.version);
  conditions.text(column("release"), query.release);
  conditions.text(column("platform_id"), query.platform_id);
  conditions.text(column("package"), query.package);
}

void add_filters(Conditions& conditions, const EventQuery& query) {
  add_artifact_filters(conditions, query, "e");
  conditions.time("e.created_at", ">=", query.since);
  if (query.since) conditions.id_at(">=", milliseconds(*query.since), "- id_lag_ms");
  conditions.time("e.created_at", "<", query.until);
  if (query.until) conditions.id_at("<", milliseconds(*query.until) + 1, "+ id_lead_ms");
  conditions.time("e.event_start", ">=", query.start_since);
  conditions.time("e.event_end", "<", query.end_until);
  if (query.success) conditions.raw(*query.success ? "e.success" : "NOT e.success");
  conditions.id("e.id", query.order == SortOrder::ascending ? ">" : "<", query.after);
}

// The events of these artifacts, as j.
std::string journal_of(std::span<const std::int64_t> artifacts, Params& params) {
  Conditions conditions(params);
  conditions.any_number("j.artifact_no", artifacts);
  conditions.raw(fmt::format("j.kind = {}", static_cast<int>(domain::JournalKind::event_created)));
  return fmt::format("WITH j AS MATERIALIZED (SELECT j.event_id FROM journal AS j{}) ", conditions.sql());
}

std::string tail(const EventQuery& query, const std::string& limit) {
  return fmt::format(" ORDER BY e.id {} LIMIT {}", query.order == SortOrder::ascending ? "ASC" : "DESC",
                     limit);
}

// One walk per receiver, each at most a page; their union is sorted and cut.
std::string events_by_receivers(const EventQuery& query, Params& params) {
  const auto receivers = params.next_name();
  params.ids(*query.receivers);
  const auto limit = bind(params, query.limit);
  Conditions conditions(params);
  conditions.raw("e.event_receiver_id = receiver.id");
  add_filters(conditions, query);
  return fmt::format(
      "SELECT {0} FROM unnest({1}::uuid[]) AS receiver (id) CROSS JOIN LATERAL "
      "(SELECT * FROM events AS e{2}{3}) AS e{3}",
      event_columns(), receivers, conditions.sql(), tail(query, limit));
}

std::string events_by_id(const EventQuery& query, Params& params) {
  Conditions conditions(params);
  if (query.receivers) conditions.any_id("e.event_receiver_id", *query.receivers);
  add_filters(conditions, query);
  const auto limit = bind(params, query.limit);
  return fmt::format("SELECT {} FROM events AS e{}{}", event_columns(), conditions.sql(), tail(query, limit));
}

constexpr std::string_view artifact_columns =
    "a.artifact_id, a.name, a.version, a.release, a.platform_id, a.package, a.first_seen_at";

std::string artifacts_where(const Conditions& conditions, const std::string& limit) {
  return fmt::format("SELECT {} FROM artifacts AS a{} ORDER BY a.artifact_id LIMIT {}", artifact_columns,
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

PlannedQuery artifacts_named(const EventQuery& query) {
  PlannedQuery planned;
  Conditions conditions(planned.params);
  add_artifact_filters(conditions, query, "a");
  const auto limit = bind(planned.params, gathered_max + 1);
  planned.sql = fmt::format("SELECT a.artifact_no FROM artifacts AS a{} LIMIT {}", conditions.sql(), limit);
  return planned;
}

PlannedQuery event_list(const EventQuery& query) {
  PlannedQuery planned;
  const bool by_receivers = query.receivers && !query.name && query.receivers->size() <= receivers_walked_max;
  planned.sql =
      by_receivers ? events_by_receivers(query, planned.params) : events_by_id(query, planned.params);
  return planned;
}

PlannedQuery event_list(const EventQuery& query, std::span<const std::int64_t> artifacts) {
  PlannedQuery planned;
  const auto of_journal = journal_of(artifacts, planned.params);
  Conditions conditions(planned.params);
  if (query.receivers) conditions.any_id("e.event_receiver_id", *query.receivers);
  add_filters(conditions, query);
  const auto limit = bind(planned.params, query.limit);
  planned.sql = fmt::format("{}SELECT {} FROM j JOIN events AS e ON e.id = j.event_id{}{}", of_journal,
                            event_columns(), conditions.sql(), tail(query, limit));
  return planned;
}

PlannedQuery event_count(const EventQuery& query) {
  PlannedQuery planned;
  Conditions conditions(planned.params);
  if (query.receivers) conditions.any_id("e.event_receiver_id", *query.receivers);
  add_filters(conditions, query);
  planned.sql = fmt::format("SELECT count(*) FROM events AS e{}", conditions.sql());
  return planned;
}

PlannedQuery event_count(const EventQuery& query, std::span<const std::int64_t> artifacts) {
  PlannedQuery planned;
  const auto of_journal = journal_of(artifacts, planned.params);
  Conditions conditions(planned.params);
  if (query.receivers) conditions.any_id("e.event_receiver_id", *query.receivers);
  add_filters(conditions, query);
  planned.sql = fmt::format("{}SELECT count(*) FROM j JOIN events AS e ON e.id = j.event_id{}", of_journal,
                            conditions.sql());
  return planned;
}

PlannedQuery artifacts_of_receivers(const ArtifactQuery& query) {
  PlannedQuery planned;
  Conditions conditions(planned.params);
  conditions.any_id("o.receiver_id", *query.receivers);
  const auto limit = bind(planned.params, gathered_max + 1);
  planned.sql = fmt::format("SELECT o.artifact_no FROM outcomes AS o{} LIMIT {}", conditions.sql(), limit);
  return planned;
}

namespace {

void add_filters(Conditions& conditions, const ArtifactQuery& query, Params& params) {
  add_artifact_filters(conditions, query, "a");
  conditions.id("a.artifact_id", ">", query.after);
  if (!query.receivers) return;
  Conditions of_outcome(params);
  of_outcome.raw("o.artifact_no = a.artifact_no");
  of_outcome.any_id("o.receiver_id", *query.receivers);
  conditions.raw(fmt::format("EXISTS (SELECT FROM outcomes AS o{})", of_outcome.sql()));
}

}  // namespace

PlannedQuery artifact_list(const ArtifactQuery& query) {
  PlannedQuery planned;
  Conditions conditions(planned.params);
  add_filters(conditions, query, planned.params);
  planned.sql = artifacts_where(conditions, bind(planned.params, query.limit));
  return planned;
}

PlannedQuery artifact_count(const ArtifactQuery& query) {
  PlannedQuery planned;
  Conditions conditions(planned.params);
  add_filters(conditions, query, planned.params);
  planned.sql = fmt::format("SELECT count(*) FROM artifacts AS a{}", conditions.sql());
  return planned;
}

PlannedQuery artifact_list(const ArtifactQuery& query, std::span<const std::int64_t> artifacts) {
  PlannedQuery planned;
  Conditions conditions(planned.params);
  conditions.any_number("a.artifact_no", artifacts);
  add_artifact_filters(conditions, query, "a");
  conditions.id("a.artifact_id", ">", query.after);
  planned.sql = artifacts_where(conditions, bind(planned.params, query.limit));
  return planned;
}

std::uint64_t count_of(const Rows& rows) {
  return rows.is_empty() ? 0 : static_cast<std::uint64_t>(rows.int8(0, 0));
}

std::vector<std::int64_t> numbers_of(const Rows& rows) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) numbers.push_back(rows.int8(row, 0));
  return numbers;
}

// One walk per state along (group_id, state, since, artifact_id): the index knows no rank.
PlannedQuery gate_list(const GateListQuery& query) {
  PlannedQuery planned;
  auto& params = planned.params;
  params.id(query.group_id).int8(static_cast<std::int64_t>(query.limit));
  std::string after;
  // A parameter that no walk names would have no type.
  if (query.after && (!query.state || *query.state == query.after->state)) {
    after = " AND (g.since, g.artifact_id) > ($3::timestamptz, $4::uuid)";
    params.time(query.after->since).id(query.after->artifact_id);
  }
  std::string walks;
  for (const auto& [state, rank] : ranks) {
    const bool is_behind = query.after && rank < rank_of(query.after->state);
    if (is_behind || (query.state && *query.state != state)) continue;
    const bool is_same = query.after && query.after->state == state;
    walks += fmt::format(
        "{}(SELECT {} AS rank, g.* FROM gates AS g WHERE g.group_id = $1::uuid AND g.state = {} "
        "AND g.since IS NOT NULL{} ORDER BY g.since, g.artifact_id LIMIT $2::bigint)",
        walks.empty() ? "" : " UNION ALL ", rank, static_cast<int>(state), is_same ? after : "");
  }
  if (walks.empty()) return {};
  planned.sql = fmt::format(
      "SELECT g.artifact_id, g.group_id, g.state, g.group_revision, g.since, g.first_opened_at, {0} "
      "FROM (SELECT * FROM ({1}) AS walked ORDER BY rank, since, artifact_id LIMIT $2::bigint) AS g "
      "JOIN artifacts AS a ON a.artifact_no = g.artifact_no ORDER BY g.rank, g.since, g.artifact_id",
      artifact_columns, walks);
  return planned;
}

PlannedQuery gate_count(const GateListQuery& query) {
  PlannedQuery planned;
  planned.params.id(query.group_id);
  planned.sql = "SELECT count(*) FROM gates AS g WHERE g.group_id = $1::uuid AND g.since IS NOT NULL";
  if (query.state) {
    planned.sql += fmt::format(" AND g.state = {}", static_cast<int>(*query.state));
  } else {
    planned.sql += fmt::format(" AND g.state IN ({}, {}, {})", static_cast<int>(ranks[0].state),
                               static_cast<int>(ranks[1].state), static_cast<int>(ranks[2].state));
  }
  return planned;
}

}  // namespace xzepr::store::postgres

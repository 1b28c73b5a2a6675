#include "store/sqlite/event_reader.hpp"

#include <algorithm>
#include <queue>
#include <set>
#include <unordered_set>

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::size_t kept_lists_max = 64;

Rows open_list(Statement& statement, const ListSql& sql) {
  statement.begin();
  for (const auto& value : sql.values) std::visit([&](const auto& one) { statement.bind_next(one); }, value);
  return statement.rows();
}

/// One receiver's events, in order.
struct Run {
  std::unique_ptr<Statement> statement;
  Rows rows;
};

}  // namespace

Error idempotency_mismatch() {
  return {.kind = Errc::idempotency_mismatch,
          .code = "idempotency_mismatch",
          .detail = "this idempotency key was used with another body",
          .hint = "send the same body again, or use a new key"};
}

EventReader::EventReader(Connection& connection)
    : connection_(connection),
      find_(connection, fmt::format("SELECT {} FROM events e WHERE e.id = ?", event_columns)),
      find_by_position_(connection,
                        fmt::format("SELECT {} FROM events e WHERE e.position = ?", event_columns)),
      find_claim_(connection, "SELECT body_hash, answer FROM idempotency_keys WHERE id = ?"),
      id_drift_(connection, "SELECT id_lead_ms, id_lag_ms FROM journal_head WHERE one = 1"),
      count_by_name_(connection, "SELECT count(*) FROM (SELECT 1 FROM artifacts WHERE name = ? LIMIT ?)"),
      count_by_version_(
          connection,
          "SELECT count(*) FROM (SELECT 1 FROM artifacts WHERE name = ? AND version = ? LIMIT ?)"),
      count_by_time_(connection,
                     "SELECT count(*) FROM (SELECT 1 FROM events INDEXED BY idx_events_time_range "
                     "WHERE event_start >= ? AND event_start < ? LIMIT ?)") {}

std::optional<domain::Event> EventReader::find(EventId id) {
  auto rows = find_.query(id);
  if (!rows.next()) return std::nullopt;
  return read_event(rows);
}

Result<std::optional<std::string>> EventReader::find_replay(const IdempotencyClaim& claim) {
  auto rows = find_claim_.query(claim.key);
  if (!rows.next()) return std::nullopt;
  if (rows.bytes32(0) != claim.body_hash) return std::unexpected(idempotency_mismatch());
  return rows.text(1);
}

IdRange EventReader::range_of(const EventQuery& query) {
  if (!query.since && !query.until) return id_range(query, 0, 0);
  auto rows = id_drift_.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: journal_head is empty");
  return id_range(query, rows.integer(0), rows.integer(1));
}

ListPath EventReader::choose_path(const EventQuery& query) {
  const auto count = [](Rows rows) { return rows.next() ? rows.integer(0) : 0; };
  if (query.name) {
    const auto artifacts =
        query.version ? count(count_by_version_.query(*query.name, *query.version, gathered_artifacts_max))
                      : count(count_by_name_.query(*query.name, gathered_artifacts_max));
    if (artifacts < gathered_artifacts_max) return ListPath::artifacts;
  }
  if (query.receivers && query.receivers->size() <= merged_receivers_max) return ListPath::receiver;
  if (query.success == false) return ListPath::failed;
  if (query.start_since || query.end_until) {
    const auto from = query.start_since.value_or(TimePoint::min());
    const auto to = query.end_until.value_or(TimePoint::max());
    if (count(count_by_time_.query(from, to, gathered_events_max)) < gathered_events_max)
      return ListPath::time;
  }
  if (query.package) return ListPath::package;
  if (query.platform_id) return ListPath::platform;
  return ListPath::id;
}

Statement& EventReader::prepared(const std::string& sql) {
  const auto found = lists_.find(sql);
  if (found != lists_.end()) return *found->second;
  if (lists_.size() >= kept_lists_max) lists_.clear();
  return *lists_.emplace(sql, std::make_unique<Statement>(connection_, sql)).first->second;
}

std::vector<domain::Event> EventReader::merge_receivers(const EventQuery& query, const IdRange& range) {
  std::vector<Run> runs;
  const std::set<ReceiverId> receivers(query.receivers->begin(), query.receivers->end());
  for (const auto receiver : receivers) {
    const auto sql =
        list_sql(query, ListPath::receiver, range, receiver, static_cast<std::int64_t>(query.limit));
    auto statement = std::make_unique<Statement>(connection_, sql.text);
    auto rows = open_list(*statement, sql);
    runs.push_back({std::move(statement), std::move(rows)});
  }
  const bool is_ascending = query.order == SortOrder::ascending;
  using Head = std::pair<Ulid, std::size_t>;
  const auto is_later = [is_ascending](const Head& a, const Head& b) { return is_ascending ? a > b : a < b; };
  std::priority_queue<Head, std::vector<Head>, decltype(is_later)> heads(is_later);
  const auto advance = [&](std::size_t index) {
    if (runs[index].rows.next()) heads.emplace(runs[index].rows.ulid(0), index);
  };
  for (std::size_t i = 0; i < runs.size(); ++i) advance(i);
  std::vector<domain::Event> events;
  while (!heads.empty() && events.size() < query.limit) {
    const auto index = heads.top().second;
    heads.pop();
    events.push_back(read_event(runs[index].rows));
    advance(index);
  }
  return events;
}

namespace {

/// Of receivers that the statement does not know.
class ReceiverFilter {
 public:
  explicit ReceiverFilter(const std::optional<std::vector<ReceiverId>>& receivers) {
    if (receivers) wanted_.emplace(receivers->begin(), receivers->end());
  }
  [[nodiscard]] bool is_needed() const { return wanted_.has_value(); }
  [[nodiscard]] bool keeps(ReceiverId receiver) const { return !wanted_ || wanted_->contains(receiver); }

 private:
  std::optional<std::unordered_set<ReceiverId>> wanted_;
};

std::int64_t limit_of(const EventQuery& query, const ReceiverFilter& filter) {
  return filter.is_needed() ? -1 : static_cast<std::int64_t>(query.limit);
}

}  // namespace

std::vector<domain::Event> EventReader::gather(const EventQuery& query, ListPath path, const IdRange& range) {
  const Snapshot snapshot(connection_);
  const ReceiverFilter filter(query.receivers);
  const auto sql = list_sql(query, path, range, std::nullopt, limit_of(query, filter));
  auto rows = open_list(prepared(sql.text), sql);
  std::vector<domain::Event> events;
  while (events.size() < query.limit && rows.next()) {
    if (!filter.keeps(rows.id<ReceiverId>(2))) continue;
    auto found = find_by_position_.query(rows.integer(1));
    if (!found.next()) throw Fault(Fault::Kind::corrupt, "SQLite: an event of the journal is missing");
    events.push_back(read_event(found));
  }
  return events;
}

std::vector<domain::Event> EventReader::list(const EventQuery& query) {
  if (query.receivers && query.receivers->empty()) return {};
  const auto range = range_of(query);
  const auto path = choose_path(query);
  if (is_gathered(path)) return gather(query, path, range);
  if (path == ListPath::receiver && query.receivers->size() > 1) return merge_receivers(query, range);
  std::optional<ReceiverId> only;
  if (path == ListPath::receiver) only = query.receivers->front();
  const ReceiverFilter filter(only ? std::nullopt : query.receivers);
  const auto sql = list_sql(query, path, range, only, limit_of(query, filter));
  auto rows = open_list(prepared(sql.text), sql);
  std::vector<domain::Event> events;
  while (events.size() < query.limit && rows.next()) {
    if (filter.keeps(rows.id<ReceiverId>(12))) events.push_back(read_event(rows));
  }
  return events;
}

std::uint64_t EventReader::count_one(const ListSql& sql) {
  auto rows = open_list(prepared(sql.text), sql);
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::uint64_t EventReader::count(EventQuery query) {
  query.after.reset();
  const Snapshot snapshot(connection_);
  const auto range = range_of(query);
  const auto path = choose_path(query);
  if (!query.receivers) return count_one(count_sql(query, path, range, std::nullopt, CountOf::rows));
  std::uint64_t total = 0;
  if (path == ListPath::receiver) {
    const std::set<ReceiverId> receivers(query.receivers->begin(), query.receivers->end());
    for (const auto receiver : receivers)
      total += count_one(count_sql(query, path, range, receiver, CountOf::rows));
    return total;
  }
  const ReceiverFilter filter(query.receivers);
  const auto sql = count_sql(query, path, range, std::nullopt, CountOf::receivers);
  auto rows = open_list(prepared(sql.text), sql);
  while (rows.next()) total += filter.keeps(rows.id<ReceiverId>(0)) ? 1U : 0U;
  return total;
}

}  // namespace xzepr::store::sqlite

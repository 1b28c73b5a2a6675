#include "store/postgres/session_store.hpp"

#include <fmt/format.h>

#include "store/postgres/catalogue_sql.hpp"
#include "store/revision_text.hpp"

namespace xzepr::store::postgres {
namespace {

using identity::AuditEntry;

constexpr std::string_view session_columns =
    "s.id, s.user_id, s.team_roles, s.created_at, s.expires_at, s.ended_at";
constexpr int session_column_count = 6;

const std::string find_login_text = fmt::format(
    "SELECT coalesce(u.password_hash, ''), {} FROM users AS u WHERE u.username = $1::text", user_columns());
const Statement find_login_sql{"find_login", find_login_text.c_str()};
const std::string find_session_text =
    fmt::format("SELECT {}, {} FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.id = $1::uuid",
                session_columns, user_columns());
const Statement find_session_sql{"find_session", find_session_text.c_str()};
const std::string find_refresh_text = fmt::format(
    "SELECT {}, t.replaced_by IS NOT NULL, {} FROM refresh_tokens AS t JOIN sessions AS s ON s.id = "
    "t.session_id "
    "JOIN users AS u ON u.id = s.user_id WHERE t.hash = $1::bytea",
    session_columns, user_columns());
const Statement find_refresh_sql{"find_refresh_token", find_refresh_text.c_str()};

// The columns of an audit row, from the parameter $1 on.
constexpr std::string_view audit_values =
    "$1::uuid, $2::timestamptz, $3::text, $4::text, $5::uuid, $6::text, $7::text, $8::text, $9::text, "
    "$10::text";
constexpr std::string_view audit_insert =
    "INSERT INTO audit_log (id, at, action, outcome, user_id, username, target, detail, address, "
    "request_id) ";

const std::string insert_audit_text =
    fmt::format("{} VALUES ({}) ON CONFLICT (id) DO NOTHING", audit_insert, audit_values);
const Statement insert_audit_sql{"insert_audit", insert_audit_text.c_str()};

// Tried again after an unknown end, both of these find their own work done.
const std::string open_session_text = fmt::format(R"(
WITH gone AS (DELETE FROM sessions WHERE user_id = $12::uuid AND expires_at < $14::timestamptz - interval '1 day'),
session AS (
  INSERT INTO sessions (id, user_id, team_roles, created_at, expires_at)
  VALUES ($11::uuid, $12::uuid, $13::text, $14::timestamptz, $15::timestamptz) ON CONFLICT (id) DO NOTHING RETURNING id),
token AS (
  INSERT INTO refresh_tokens (hash, session_id) SELECT $16::bytea, id FROM session ON CONFLICT (hash) DO NOTHING)
{} SELECT {} FROM session ON CONFLICT (id) DO NOTHING)",
                                                  audit_insert, audit_values);
const Statement open_session_sql{"open_session", open_session_text.c_str()};

const std::string rotate_text = fmt::format(R"(
WITH used AS (
  UPDATE refresh_tokens AS t SET replaced_by = $13::bytea FROM sessions AS s
  WHERE t.hash = $12::bytea AND (t.replaced_by IS NULL OR t.replaced_by = $13::bytea) AND s.id = t.session_id
    AND s.id = $11::uuid AND s.ended_at IS NULL AND s.expires_at > $2::timestamptz
  RETURNING t.session_id),
fresh AS (
  INSERT INTO refresh_tokens (hash, session_id) SELECT $13::bytea, session_id FROM used ON CONFLICT (hash) DO NOTHING),
audit AS ({} SELECT {} FROM used ON CONFLICT (id) DO NOTHING)
SELECT session_id FROM used)",
                                            audit_insert, audit_values);
const Statement rotate_sql{"rotate_refresh_token", rotate_text.c_str()};

// Whoever else removes the same rows meanwhile is not waited for.
constexpr Statement put_ticket_sql{"put_stream_ticket", R"(
WITH gone AS (
  DELETE FROM stream_tickets WHERE hash IN (
    SELECT hash FROM stream_tickets WHERE expires_at <= $3::timestamptz FOR UPDATE SKIP LOCKED))
INSERT INTO stream_tickets (hash, caller, expires_at) VALUES ($1::bytea, $2::text, $4::timestamptz)
ON CONFLICT (hash) DO NOTHING)"};
constexpr Statement take_ticket_sql{
    "take_stream_ticket",
    "DELETE FROM stream_tickets WHERE hash = $1::bytea AND expires_at > $2::timestamptz RETURNING caller"};

constexpr Statement count_failures_sql{"count_login_failures", R"(
SELECT count(*) FILTER (WHERE username = $1::text), count(*) FILTER (WHERE address = $2::text) FROM audit_log
WHERE outcome = 'refused' AND at >= $3::timestamptz AND action = 'login')"};
constexpr Statement end_session_sql{"end_session",
                                    "UPDATE sessions SET ended_at = $1::timestamptz WHERE user_id = $2::uuid "
                                    "AND id = $3::uuid AND ended_at IS NULL"};
constexpr Statement end_sessions_sql{
    "end_sessions",
    "UPDATE sessions SET ended_at = $1::timestamptz WHERE user_id = $2::uuid AND ended_at IS NULL"};

constexpr Statement remove_audit_sql{"remove_audit", R"(
WITH gone AS (
  DELETE FROM audit_log WHERE id < $1::uuid AND id <= coalesce(
    (SELECT id FROM audit_log WHERE id < $1::uuid ORDER BY id OFFSET $2::bigint - 1 LIMIT 1), $1::uuid)
  RETURNING 1)
SELECT count(*) FROM gone)"};

std::string_view bytes_of(const crypto::Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

identity::Session session_of(const Rows& rows) {
  return {.id = rows.id<SessionId>(0, 0),
          .user_id = rows.id<UserId>(0, 1),
          .team_roles = parse_names(rows.bytes(0, 2)),
          .created_at = rows.time(0, 3),
          .expires_at = rows.time(0, 4),
          .ended_at = rows.optional_time(0, 5)};
}

AuditEntry audit_of(const Rows& rows, int row) {
  const auto action = identity::parse_audit_action(rows.bytes(row, 2));
  const auto outcome = identity::parse_audit_outcome(rows.bytes(row, 3));
  if (!action || !outcome) throw Fault(Fault::Kind::corrupt, "PostgreSQL: an audit row cannot be read");
  return {.id = rows.id<AuditId>(row, 0),
          .at = rows.time(row, 1),
          .action = *action,
          .outcome = *outcome,
          .user_id = rows.optional_id<UserId>(row, 4),
          .username = rows.text(row, 5),
          .target = rows.text(row, 6),
          .detail = rows.text(row, 7),
          .address = rows.text(row, 8),
          .request_id = rows.text(row, 9)};
}

Params audit_params(const AuditEntry& entry) {
  Params params;
  params.id(entry.id).time(entry.at).text(to_string(entry.action)).text(to_string(entry.outcome));
  params.optional_id(entry.user_id).text(entry.username).text(entry.target).text(entry.detail);
  params.text(entry.address).text(entry.request_id);
  return params;
}

void add_conditions(PlannedQuery& query, const AuditQuery& wanted) {
  auto& [sql, params] = query;
  sql += " FROM audit_log AS a WHERE true";
  if (wanted.username) {
    sql += fmt::format(" AND a.username = {}::text", params.next_name());
    params.text(*wanted.username);
  }
  if (wanted.action) {
    sql += fmt::format(" AND a.action = {}::text", params.next_name());
    params.text(to_string(*wanted.action));
  }
  if (wanted.outcome) {
    sql += fmt::format(" AND a.outcome = {}::text", params.next_name());
    params.text(to_string(*wanted.outcome));
  }
  if (wanted.since) {
    sql += fmt::format(" AND a.at >= {}::timestamptz", params.next_name());
    params.time(*wanted.since);
  }
  if (wanted.until) {
    sql += fmt::format(" AND a.at < {}::timestamptz", params.next_name());
    params.time(*wanted.until);
  }
  if (wanted.after) {
    sql += fmt::format(" AND a.id < {}::uuid", params.next_name());
    params.id(*wanted.after);
  }
}

}  // namespace

PostgresSessionStore::PostgresSessionStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<std::optional<LoginRecord>> PostgresSessionStore::find_login(std::string username, Deadline deadline) {
  Params params;
  params.text(username);
  const auto rows = co_await pool_->read(find_login_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return LoginRecord{.user = user_of(rows, 0, 1), .password_hash = rows.text(0, 0)};
}

Task<std::optional<RefreshRecord>> PostgresSessionStore::find_refresh_token(crypto::Sha256 hash,
                                                                            Deadline deadline) {
  Params params;
  params.bytes(bytes_of(hash));
  const auto rows = co_await pool_->read(find_refresh_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  SessionRecord of{.session = session_of(rows), .user = user_of(rows, 0, session_column_count + 1)};
  co_return RefreshRecord{.of = std::move(of), .is_used = rows.boolean(0, session_column_count)};
}

Task<> PostgresSessionStore::open_session(NewSession session, Deadline deadline) {
  const auto& s = session.session;
  auto params = audit_params(session.audit);
  params.id(s.id).id(s.user_id).text(names_text(s.team_roles)).time(s.created_at).time(s.expires_at);
  params.bytes(bytes_of(session.secret_hash));
  (void)co_await pool_->read(open_session_sql, std::move(params), deadline);
}

Task<bool> PostgresSessionStore::rotate(RefreshRotation rotation, Deadline deadline) {
  auto params = audit_params(rotation.audit);
  params.id(rotation.session).bytes(bytes_of(rotation.old_hash)).bytes(bytes_of(rotation.new_hash));
  const auto rows = co_await pool_->read(rotate_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<> PostgresSessionStore::put_ticket(StreamTicketRecord ticket, Deadline deadline) {
  Params params;
  params.bytes(bytes_of(ticket.hash)).text(ticket.caller).time(ticket.created_at).time(ticket.expires_at);
  (void)co_await pool_->read(put_ticket_sql, std::move(params), deadline);
}

Task<std::optional<std::string>> PostgresSessionStore::take_ticket(crypto::Sha256 hash, TimePoint now,
                                                                   Deadline deadline) {
  Params params;
  params.bytes(bytes_of(hash)).time(now);
  const auto rows = co_await pool_->read(take_ticket_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return rows.text(0, 0);
}

Task<> PostgresSessionStore::record(AuditEntry entry, Deadline deadline) {
  (void)co_await pool_->read(insert_audit_sql, audit_params(entry), deadline);
}

Task<LoginFailures> PostgresSessionStore::count_login_failures(std::string username, std::string address,
                                                               TimePoint since, Deadline deadline) {
  Params params;
  params.text(username).text(address).time(since);
  const auto rows = co_await pool_->read(count_failures_sql, std::move(params), deadline);
  co_return LoginFailures{.of_username = static_cast<std::uint64_t>(rows.int8(0, 0)),
                          .of_address = static_cast<std::uint64_t>(rows.int8(0, 1))};
}

Task<std::vector<AuditEntry>> PostgresSessionStore::list_audit(AuditQuery wanted, Deadline deadline) {
  PlannedQuery query{.sql =
                         "SELECT a.id, a.at, a.action, a.outcome, a.user_id, a.username, a.target, a.detail, "
                         "a.address, a.request_id",
                     .params = {}};
  add_conditions(query, wanted);
  query.sql += fmt::format(" ORDER BY a.id DESC LIMIT {}::bigint", query.params.next_name());
  query.params.int8(static_cast<std::int64_t>(wanted.limit));
  const auto rows = co_await pool_->read_planned(std::move(query), deadline);
  std::vector<AuditEntry> entries;
  for (int row = 0; row < rows.size(); ++row) entries.push_back(audit_of(rows, row));
  co_return entries;
}

Task<std::uint64_t> PostgresSessionStore::count_audit(AuditQuery wanted, Deadline deadline) {
  PlannedQuery query{.sql = "SELECT count(*)", .params = {}};
  add_conditions(query, wanted);
  const auto rows = co_await pool_->read_planned(std::move(query), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

// Ids are in the order of time.
Task<std::uint64_t> PostgresSessionStore::remove_audit(TimePoint end, std::size_t limit, Deadline deadline) {
  Params params;
  params.id(AuditId{first_ulid(end)}).int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read(remove_audit_sql, std::move(params), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<std::optional<SessionRecord>> find_session(Pool& pool, SessionId id, Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool.read(find_session_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return SessionRecord{.session = session_of(rows), .user = user_of(rows, 0, session_column_count)};
}

Call insert_audit(const AuditEntry& entry) {
  return {.statement = &insert_audit_sql, .params = audit_params(entry)};
}

Call end_sessions(const EndSessions& end) {
  auto made = call_of(end.only ? end_session_sql : end_sessions_sql);
  made.params.time(end.at).id(end.user_id);
  if (end.only) made.params.id(*end.only);
  return made;
}

}  // namespace xzepr::store::postgres

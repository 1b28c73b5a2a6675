#include "store/sqlite/session_tables.hpp"

#include <fmt/format.h>

#include "store/revision_text.hpp"
#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

using identity::AuditEntry;

constexpr std::string_view session_columns =
    "s.id, s.user_id, s.team_roles, s.created_at, s.expires_at, s.ended_at";
constexpr std::string_view audit_columns =
    "a.id, a.at, a.action, a.outcome, a.user_id, a.username, a.target, a.detail, a.address, a.request_id";
constexpr std::chrono::days kept_after_the_end{1};

identity::Session read_session(const Rows& rows) {
  return {.id = rows.id<SessionId>(0),
          .user_id = rows.id<UserId>(1),
          .team_roles = parse_names(rows.bytes(2)),
          .created_at = rows.time(3),
          .expires_at = rows.time(4),
          .ended_at = rows.optional_time(5)};
}

AuditEntry read_audit(const Rows& rows) {
  const auto action = identity::parse_audit_action(rows.bytes(2));
  const auto outcome = identity::parse_audit_outcome(rows.bytes(3));
  if (!action || !outcome) throw Fault(Fault::Kind::corrupt, "SQLite: an audit row cannot be read");
  return {.id = rows.id<AuditId>(0),
          .at = rows.time(1),
          .action = *action,
          .outcome = *outcome,
          .user_id = rows.optional_id<UserId>(4),
          .username = rows.text(5),
          .target = rows.text(6),
          .detail = rows.text(7),
          .address = rows.text(8),
          .request_id = rows.text(9)};
}

// The conditions of a query, and their values bound in the same order.
std::string audit_where(const AuditQuery& query) {
  std::string where = " WHERE 1";
  if (query.username) where += " AND a.username = ?";
  if (query.action) where += " AND a.action = ?";
  if (query.outcome) where += " AND a.outcome = ?";
  if (query.since) where += " AND a.at >= ?";
  if (query.until) where += " AND a.at < ?";
  if (query.after) where += " AND a.id < ?";
  return where;
}

void bind_audit(Statement& statement, const AuditQuery& query) {
  statement.begin();
  if (query.username) statement.bind_next(*query.username);
  if (query.action) statement.bind_next(to_string(*query.action));
  if (query.outcome) statement.bind_next(to_string(*query.outcome));
  if (query.since) statement.bind_next(*query.since);
  if (query.until) statement.bind_next(*query.until);
  if (query.after) statement.bind_next(*query.after);
}

}  // namespace

SessionReader::SessionReader(Connection& connection, IdentityReader& identities)
    : connection_(connection),
      identities_(identities),
      find_session_(connection, fmt::format("SELECT {} FROM sessions s WHERE s.id = ?", session_columns)) {}

std::optional<LoginRecord> SessionReader::find_login(const std::string& username) {
  auto user = identities_.find_user(username);
  if (!user) return std::nullopt;
  Statement find(connection_, "SELECT coalesce(password_hash, '') FROM users WHERE id = ?");
  auto rows = find.query(user->id);
  if (!rows.next()) return std::nullopt;
  return LoginRecord{.user = *std::move(user), .password_hash = rows.text(0)};
}

std::optional<SessionRecord> SessionReader::find_session(SessionId id) {
  std::optional<identity::Session> session;
  {
    auto rows = find_session_.query(id);
    if (rows.next()) session = read_session(rows);
  }
  if (!session) return std::nullopt;
  auto user = identities_.find_user(session->user_id);
  if (!user) return std::nullopt;
  return SessionRecord{.session = *std::move(session), .user = *std::move(user)};
}

std::optional<RefreshRecord> SessionReader::find_refresh_token(const crypto::Sha256& hash) {
  Statement find(connection_,
                 "SELECT session_id, replaced_by IS NOT NULL FROM refresh_tokens WHERE hash = ?");
  auto rows = find.query(hash);
  if (!rows.next()) return std::nullopt;
  auto session = find_session(rows.id<SessionId>(0));
  if (!session) return std::nullopt;
  return RefreshRecord{.of = *std::move(session), .is_used = rows.boolean(1)};
}

LoginFailures SessionReader::count_login_failures(const std::string& username, const std::string& address,
                                                  TimePoint since) {
  Statement count(connection_,
                  "SELECT coalesce(sum(username = ?), 0), coalesce(sum(address = ?), 0) FROM audit_log "
                  "WHERE outcome = 'refused' AND at >= ? AND action = 'login'");
  auto rows = count.query(username, address, since);
  if (!rows.next()) return {};
  return {.of_username = static_cast<std::uint64_t>(rows.integer(0)),
          .of_address = static_cast<std::uint64_t>(rows.integer(1))};
}

std::vector<AuditEntry> SessionReader::list_audit(const AuditQuery& query) {
  Statement statement(connection_, fmt::format("SELECT {} FROM audit_log a{} ORDER BY a.id DESC LIMIT ?",
                                               audit_columns, audit_where(query)));
  bind_audit(statement, query);
  statement.bind_next(query.limit);
  std::vector<AuditEntry> entries;
  auto rows = statement.rows();
  while (rows.next()) entries.push_back(read_audit(rows));
  return entries;
}

std::uint64_t SessionReader::count_audit(const AuditQuery& query) {
  Statement statement(connection_, "SELECT count(*) FROM audit_log a" + audit_where(query));
  bind_audit(statement, query);
  auto rows = statement.rows();
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

void SessionWriter::open_session(const NewSession& session) {
  const auto& s = session.session;
  Transaction transaction(connection_);
  Statement(connection_, "DELETE FROM sessions WHERE user_id = ? AND expires_at < ?")
      .execute(s.user_id, s.created_at - kept_after_the_end);
  Statement(connection_,
            "INSERT INTO sessions (id, user_id, team_roles, created_at, expires_at, ended_at) "
            "VALUES (?, ?, ?, ?, ?, ?)")
      .execute(s.id, s.user_id, names_text(s.team_roles), s.created_at, s.expires_at, s.ended_at);
  Statement(connection_, "INSERT INTO refresh_tokens (hash, session_id) VALUES (?, ?)")
      .execute(session.secret_hash, s.id);
  insert_audit(connection_, session.audit);
  transaction.commit();
}

bool SessionWriter::rotate(const RefreshRotation& rotation) {
  Transaction transaction(connection_);
  Statement find(connection_,
                 "SELECT t.replaced_by FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE "
                 "t.hash = ? AND s.id = ? AND s.ended_at IS NULL AND s.expires_at > ?");
  {
    auto rows = find.query(rotation.old_hash, rotation.session, rotation.audit.at);
    if (!rows.next()) return false;
    if (!rows.is_null(0)) return rows.bytes32(0) == rotation.new_hash;
  }
  Statement(connection_, "UPDATE refresh_tokens SET replaced_by = ? WHERE hash = ?")
      .execute(rotation.new_hash, rotation.old_hash);
  Statement(connection_, "INSERT INTO refresh_tokens (hash, session_id) VALUES (?, ?)")
      .execute(rotation.new_hash, rotation.session);
  insert_audit(connection_, rotation.audit);
  transaction.commit();
  return true;
}

void SessionWriter::put_ticket(const StreamTicketRecord& ticket) {
  Transaction transaction(connection_);
  Statement(connection_, "DELETE FROM stream_tickets WHERE expires_at <= ?").execute(ticket.created_at);
  Statement(connection_, "INSERT INTO stream_tickets (hash, caller, expires_at) VALUES (?, ?, ?)")
      .execute(ticket.hash, ticket.caller, ticket.expires_at);
  transaction.commit();
}

std::optional<std::string> SessionWriter::take_ticket(const crypto::Sha256& hash, TimePoint now) {
  Transaction transaction(connection_);
  std::optional<std::string> caller;
  {
    Statement find(connection_, "SELECT caller FROM stream_tickets WHERE hash = ? AND expires_at > ?");
    auto rows = find.query(hash, now);
    if (rows.next()) caller = rows.text(0);
  }
  Statement(connection_, "DELETE FROM stream_tickets WHERE hash = ?").execute(hash);
  transaction.commit();
  return caller;
}

void SessionWriter::record(const AuditEntry& entry) {
  Transaction transaction(connection_);
  insert_audit(connection_, entry);
  transaction.commit();
}

// Ids are in the order of time.
std::uint64_t SessionWriter::remove_audit(TimePoint end, std::size_t limit) {
  const AuditId first_kept{first_ulid(end)};
  Transaction transaction(connection_);
  Statement(connection_,
            "DELETE FROM audit_log WHERE id < ?1 AND id <= coalesce((SELECT id FROM audit_log WHERE id < ?1 "
            "ORDER BY id LIMIT 1 OFFSET ?2 - 1), ?1)")
      .execute(first_kept, static_cast<std::int64_t>(limit));
  const auto removed = connection_.integer("SELECT changes()");
  transaction.commit();
  return static_cast<std::uint64_t>(removed);
}

void insert_audit(Connection& connection, const AuditEntry& entry) {
  Statement(connection,
            "INSERT INTO audit_log (id, at, action, outcome, user_id, username, target, detail, address, "
            "request_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .execute(entry.id, entry.at, to_string(entry.action), to_string(entry.outcome), entry.user_id,
               entry.username, entry.target, entry.detail, entry.address, entry.request_id);
}

void end_sessions(Connection& connection, const EndSessions& end) {
  if (end.only) {
    Statement(connection,
              "UPDATE sessions SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL")
        .execute(end.at, *end.only, end.user_id);
  } else {
    Statement(connection, "UPDATE sessions SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL")
        .execute(end.at, end.user_id);
  }
}

}  // namespace xzepr::store::sqlite

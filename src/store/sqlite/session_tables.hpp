// Sessions, refresh tokens and the audit log: what reads them, and what writes them on the writer's thread.
// Logins are rare, so few statements are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/session_store.hpp"
#include "store/sqlite/catalogue_reader.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

class SessionReader {
 public:
  SessionReader(Connection& connection, IdentityReader& identities);

  [[nodiscard]] std::optional<LoginRecord> find_login(const std::string& username);
  [[nodiscard]] std::optional<SessionRecord> find_session(SessionId id);
  [[nodiscard]] std::optional<RefreshRecord> find_refresh_token(const crypto::Sha256& hash);
  [[nodiscard]] LoginFailures count_login_failures(const std::string& username, const std::string& address,
                                                   TimePoint since);
  [[nodiscard]] std::vector<identity::AuditEntry> list_audit(const AuditQuery& query);
  [[nodiscard]] std::uint64_t count_audit(const AuditQuery& query);

 private:
  Connection& connection_;
  IdentityReader& identities_;
  Statement find_session_;
};

class SessionWriter {
 public:
  explicit SessionWriter(Connection& connection) : connection_(connection) {}

  void open_session(const NewSession& session);
  [[nodiscard]] bool rotate(const RefreshRotation& rotation);
  void put_ticket(const StreamTicketRecord& ticket);
  [[nodiscard]] std::optional<std::string> take_ticket(const crypto::Sha256& hash, TimePoint now);
  void record(const identity::AuditEntry& entry);
  [[nodiscard]] std::uint64_t remove_audit(TimePoint end, std::size_t limit);

 private:
  Connection& connection_;
};

/// Inside somebody's transaction.
void insert_audit(Connection& connection, const identity::AuditEntry& entry);
void end_sessions(Connection& connection, const EndSessions& end);

}  // namespace xzepr::store::sqlite

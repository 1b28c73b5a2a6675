// Sessions, refresh tokens and the audit log on PostgreSQL, for one shard. Each change is one statement, so
// one transaction.
#pragma once

#include "store/catalogue_store.hpp"
#include "store/postgres/pool.hpp"
#include "store/session_store.hpp"

namespace xzepr::store::postgres {

class PostgresSessionStore final : public SessionStore {
 public:
  explicit PostgresSessionStore(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<std::optional<LoginRecord>> find_login(std::string username, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<RefreshRecord>> find_refresh_token(crypto::Sha256 hash,
                                                                      Deadline deadline) override;
  [[nodiscard]] Task<> open_session(NewSession session, Deadline deadline) override;
  [[nodiscard]] Task<bool> rotate(RefreshRotation rotation, Deadline deadline) override;
  [[nodiscard]] Task<> put_ticket(StreamTicketRecord ticket, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<std::string>> take_ticket(crypto::Sha256 hash, TimePoint now,
                                                             Deadline deadline) override;
  [[nodiscard]] Task<> record(identity::AuditEntry entry, Deadline deadline) override;
  [[nodiscard]] Task<LoginFailures> count_login_failures(std::string username, std::string address,
                                                         TimePoint since, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<identity::AuditEntry>> list_audit(AuditQuery query,
                                                                   Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_audit(AuditQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> remove_audit(TimePoint end, std::size_t limit,
                                                 Deadline deadline) override;

 private:
  std::shared_ptr<Pool> pool_;
};

/// One session with its user, or none.
[[nodiscard]] Task<std::optional<SessionRecord>> find_session(Pool& pool, SessionId id, Deadline deadline);
/// As a part of somebody's transaction.
[[nodiscard]] Call insert_audit(const identity::AuditEntry& entry);
[[nodiscard]] Call end_sessions(const EndSessions& end);

}  // namespace xzepr::store::postgres

// The ports of logins: sessions with their refresh tokens, and the audit log. What ends a session or changes
// an account is a change of the catalogue (catalogue_store.hpp), so that every node hears of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "crypto/digest.hpp"
#include "identity/api_key.hpp"
#include "identity/audit.hpp"
#include "identity/session.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::store {

struct LoginRecord {
  identity::User user;
  std::string password_hash;  ///< "": the user has no password
};
struct RefreshRecord {
  SessionRecord of;
  bool is_used = false;
};

/// A secret is stored as its SHA-256 only: the first refresh token, or the cookie of a browser, which stays
/// the same.
struct NewSession {
  identity::Session session;
  crypto::Sha256 secret_hash{};
  identity::AuditEntry audit;
};
struct RefreshRotation {
  SessionId session;
  crypto::Sha256 old_hash{};
  crypto::Sha256 new_hash{};
  identity::AuditEntry audit;  ///< its time is that of the rotation
};

/// A credential for one WebSocket, stored as its SHA-256.
struct StreamTicketRecord {
  crypto::Sha256 hash{};
  std::string caller;  ///< whom it speaks for; the service's own text
  TimePoint created_at;
  TimePoint expires_at;
};

struct AuditQuery {
  std::optional<std::string> username;
  std::optional<identity::AuditAction> action;
  std::optional<identity::AuditOutcome> outcome;
  std::optional<TimePoint> since, until;  ///< half-open
  std::optional<AuditId> after;           ///< older than this
  std::size_t limit = 0;
};

/// Logins refused since some moment.
struct LoginFailures {
  std::uint64_t of_username = 0;
  std::uint64_t of_address = 0;
};

class SessionStore {
 public:
  virtual ~SessionStore() = default;

  [[nodiscard]] virtual Task<std::optional<LoginRecord>> find_login(std::string username,
                                                                    Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<RefreshRecord>> find_refresh_token(crypto::Sha256 hash,
                                                                              Deadline deadline) = 0;
  /// The session, its secret and the audit row, in one transaction. Sessions of that user that
  /// are over for more than a day go.
  [[nodiscard]] virtual Task<> open_session(NewSession session, Deadline deadline) = 0;
  /// The old token is used up and the new one stands in its place, with the audit row, in one transaction;
  /// false, and nothing done, when the old one was used before or the session is over. Of many at once one
  /// succeeds. The same rotation tried again, after an unknown end, succeeds again.
  [[nodiscard]] virtual Task<bool> rotate(RefreshRotation rotation, Deadline deadline) = 0;

  /// Tickets that are over go.
  [[nodiscard]] virtual Task<> put_ticket(StreamTicketRecord ticket, Deadline deadline) = 0;
  /// Whom it speaks for, once; nullopt for one that is unknown, used or over. Of many at once one has it.
  /// After an unknown end it may be used up without anybody having it.
  [[nodiscard]] virtual Task<std::optional<std::string>> take_ticket(crypto::Sha256 hash, TimePoint now,
                                                                     Deadline deadline) = 0;

  [[nodiscard]] virtual Task<> record(identity::AuditEntry entry, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<LoginFailures> count_login_failures(std::string username, std::string address,
                                                                 TimePoint since, Deadline deadline) = 0;
  /// Newest first.
  [[nodiscard]] virtual Task<std::vector<identity::AuditEntry>> list_audit(AuditQuery query,
                                                                           Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::uint64_t> count_audit(AuditQuery query, Deadline deadline) = 0;
  /// Removes at most `limit` rows, the oldest, of those older than `end`; how many there were to remove.
  [[nodiscard]] virtual Task<std::uint64_t> remove_audit(TimePoint end, std::size_t limit,
                                                         Deadline deadline) = 0;
};

}  // namespace xzepr::store

// The port of what is configured: receivers, groups, users, keys. Rules are decided by the service on a
// snapshot; the store applies the outcome if the catalogue is still at that revision. So every rule exists
// once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/group.hpp"
#include "domain/journal_row.hpp"
#include "domain/receiver.hpp"
#include "domain/webhook.hpp"
#include "identity/api_key.hpp"
#include "identity/audit.hpp"
#include "identity/session.hpp"
#include "store/event_store.hpp"

namespace xzepr::store {

struct CatalogueData {
  std::int64_t revision = 0;
  std::vector<domain::Receiver> receivers;
  std::vector<domain::Group> groups;
};

// What one change writes. Put inserts or replaces by id; a receiver or group also gets a row in its revisions
// table (id, resource_version, JSON text), from which old messages are rendered.
struct PutReceiver {
  domain::Receiver receiver;
};
/// Refused with "receiver_in_use" when the receiver has events.
struct DeleteReceiver {
  ReceiverId id;
};
/// A group whose gate_revision is -1 gets the new catalogue revision as its gate_revision, and a sweep is
/// scheduled.
struct PutGroup {
  domain::Group group;
};
/// Removes the group's gates and sweep as well.
struct DeleteGroup {
  GroupId id;
};
/// Inserts or replaces a user and its roles. "user_exists" when another user has the name.
struct PutUser {
  identity::User user;
};
struct PutApiKey {
  identity::ApiKey key;
};
/// Of a user that is there. nullopt: none any more.
struct PutPassword {
  UserId user_id;
  std::optional<std::string> hash;
};
/// What a provider calls a user. "identity_exists" when the provider's name leads to another one.
struct PutUserIdentity {
  UserId user_id;
  std::string issuer;
  std::string subject;
};
/// Ends all live sessions of a user, or one.
struct EndSessions {
  UserId user_id;
  std::optional<SessionId> only;
  TimePoint at;
};
/// Inserts, or replaces by id. A from_position of -1 becomes that of the journal's newest row.
/// "webhook_exists" when another one has the name.
struct PutWebhook {
  domain::Webhook webhook;
};
/// It is not there for anybody any more; its deliveries go by and by.
struct DeleteWebhook {
  domain::WebhookId id;
  TimePoint at;
};
struct PutAudit {
  identity::AuditEntry entry;
};
using CatalogueWrite =
    std::variant<PutReceiver, DeleteReceiver, PutGroup, DeleteGroup, PutUser, PutApiKey, PutPassword,
                 PutUserIdentity, EndSessions, PutWebhook, DeleteWebhook, PutAudit>;

struct CatalogueChange {
  std::int64_t expected_revision = 0;
  std::vector<CatalogueWrite> writes;  ///< applied in order, in one transaction
  std::vector<domain::JournalRow>
      journal;  ///< position is given by the store; group_version and receiver_version are set
  std::optional<IdempotencyClaim> claim;  ///< stored with `answer`
  std::string answer;                     ///< JSON text
  Deadline deadline;
};
struct CatalogueApplied {
  std::int64_t revision = 0;
};
/// The stored answer of the same idempotency key.
struct CatalogueReplayed {
  std::string answer;
};
using CatalogueOutcome = std::variant<CatalogueApplied, CatalogueReplayed, StaleCatalogue, Error>;

class CatalogueStore {
 public:
  virtual ~CatalogueStore() = default;

  [[nodiscard]] virtual Task<CatalogueData> load(Deadline deadline) = 0;
  /// One row by key: cheap enough to poll.
  [[nodiscard]] virtual Task<std::int64_t> revision(Deadline deadline) = 0;
  /// Locks the head, compares the revision, writes, journals, raises the revision, commits.
  [[nodiscard]] virtual Task<CatalogueOutcome> apply(CatalogueChange change) = 0;
};

/// A key with its user, as authentication needs them.
struct Credential {
  identity::ApiKey key;
  identity::User user;
};

/// A session with its user.
struct SessionRecord {
  identity::Session session;
  identity::User user;
};

class IdentityStore {
 public:
  virtual ~IdentityStore() = default;

  [[nodiscard]] virtual Task<std::optional<Credential>> find_credential(crypto::Sha256 key_hash,
                                                                        Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<SessionRecord>> find_session(SessionId id, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<identity::User>> find_user(std::string username,
                                                                      Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<identity::User>> find_user_by_id(UserId id, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<identity::User>> find_user_by_identity(std::string issuer,
                                                                                  std::string subject,
                                                                                  Deadline deadline) = 0;
  [[nodiscard]] virtual Task<bool> has_admin(Deadline deadline) = 0;
  /// Is there an enabled administrator besides this user?
  [[nodiscard]] virtual Task<bool> has_other_admin(UserId user, Deadline deadline) = 0;
  /// By id, newest first.
  [[nodiscard]] virtual Task<std::vector<identity::User>> list_users(std::optional<UserId> after,
                                                                     std::size_t limit,
                                                                     Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::uint64_t> count_users(Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<identity::ApiKey>> find_api_key(ApiKeyId id,
                                                                           Deadline deadline) = 0;
  /// By id, newest first; `user` limits to one user's keys.
  [[nodiscard]] virtual Task<std::vector<identity::ApiKey>> list_api_keys(std::optional<UserId> user,
                                                                          std::optional<ApiKeyId> after,
                                                                          std::size_t limit,
                                                                          Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::uint64_t> count_api_keys(std::optional<UserId> user, Deadline deadline) = 0;
  /// Those that are neither revoked nor expired.
  [[nodiscard]] virtual Task<std::uint64_t> count_live_api_keys(UserId user, TimePoint now,
                                                                Deadline deadline) = 0;
  /// Sets last_used_at, unless it is of the last minute: however many nodes and shards use a key. Outside the
  /// catalogue revision, never waited for by a request.
  [[nodiscard]] virtual Task<> touch_api_key(ApiKeyId id, TimePoint at, Deadline deadline) = 0;
  /// A secret shared by all nodes on this database, made by the first to ask (32 random bytes): signs
  /// cursors.
  [[nodiscard]] virtual Task<std::string> shared_secret(Deadline deadline) = 0;
};

}  // namespace xzepr::store

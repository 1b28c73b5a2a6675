// Who is calling, from an API key; and the making of keys. What was verified is kept for a moment
// (credential_cache.hpp). One object per shard.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "identity/api_key.hpp"
#include "identity/principal.hpp"
#include "service/audit_log.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/credential_cache.hpp"
#include "service/page.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

struct NewApiKey {
  std::optional<std::string> username;  ///< default: the caller
  bool make_user = false;  ///< create the user, without a password and with `roles`, when missing
  std::string name;
  identity::RoleSet roles;  ///< empty: all of the user's
  std::optional<std::uint32_t> rpm;
  std::optional<std::string> default_receiver;
  std::optional<TimePoint> expires_at;
};
struct ApiKeyCreated {
  identity::ApiKey key;
  identity::User user;
  std::string clear;  ///< shown once
};

class IdentityService {
 public:
  IdentityService(store::IdentityStore& identities, store::CatalogueStore& catalogue_store,
                  Catalogue& catalogue, const CursorCodec& cursors, IdSource& ids, telemetry::Log& log);

  /// Errc::unauthenticated, code "credentials_invalid", the same answer for unknown, expired, revoked and
  /// disabled.
  [[nodiscard]] Task<Result<std::shared_ptr<const identity::Principal>>> authenticate(
      std::string_view api_key, TimePoint now, Deadline deadline);

  /// Own keys within one's rights need no permission; others' need user_manage.
  [[nodiscard]] Task<Result<ApiKeyCreated>> create_api_key(const Context& context, NewApiKey request);
  [[nodiscard]] Task<Result<Page<identity::ApiKey>>> list_api_keys(const Context& context,
                                                                   std::optional<std::string> username,
                                                                   PageRequest page);
  [[nodiscard]] Task<Result<void>> revoke_api_key(const Context& context, ApiKeyId id);

  /// Makes the user "admin" with role admin and a key; "admin_exists" when any admin does. Safe with many
  /// nodes.
  [[nodiscard]] Task<Result<ApiKeyCreated>> bootstrap(TimePoint now, Deadline deadline);

  /// Local use on the database's own machine: no caller to check.
  [[nodiscard]] static std::shared_ptr<const identity::Principal> local_admin();

  /// Writes `now` as last_used_at of the keys used since the last call. For a background job, about once a
  /// minute; what is not written because the store is away is forgotten. Throws Fault.
  [[nodiscard]] Task<> flush_touches(TimePoint now, Deadline deadline);

 private:
  /// Whose key it shall be: the caller, a user by name, or one to be made. "user_unknown",
  /// "permission_denied".
  Task<Result<std::optional<identity::User>>> find_key_user(const Context& context,
                                                            const identity::Principal& caller,
                                                            const NewApiKey& request);
  /// The earliest end that a key made with this caller's key may have; nullopt: none.
  Task<std::optional<TimePoint>> own_expiry(const Context& context, const identity::Principal& caller);
  Task<bool> has_room_for_key(const Context& context, const identity::Principal& caller,
                              const identity::User& user);
  Task<Result<std::optional<ReceiverId>>> find_default_receiver(const Context& context,
                                                                const identity::Principal& caller,
                                                                const std::optional<std::string>& reference);

  store::IdentityStore& identities_;
  store::CatalogueStore& catalogue_store_;
  Catalogue& catalogue_;
  const CursorCodec& cursors_;
  IdSource& ids_;
  AuditLog audit_;
  CredentialCache cache_;
  std::unordered_set<ApiKeyId> used_;  // since the last flush
};

}  // namespace xzepr::service

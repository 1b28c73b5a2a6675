// Users and API keys on PostgreSQL, for one shard.
#pragma once

#include "store/catalogue_store.hpp"
#include "store/postgres/pool.hpp"

namespace xzepr::store::postgres {

class PostgresIdentityStore final : public IdentityStore {
 public:
  explicit PostgresIdentityStore(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<std::optional<Credential>> find_credential(crypto::Sha256 key_hash,
                                                                Deadline deadline) override;
  [[nodiscard]] Task<std::optional<SessionRecord>> find_session(SessionId id, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::User>> find_user(std::string username,
                                                              Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::User>> find_user_by_id(UserId id, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::User>> find_user_by_identity(std::string issuer,
                                                                          std::string subject,
                                                                          Deadline deadline) override;
  [[nodiscard]] Task<bool> has_admin(Deadline deadline) override;
  [[nodiscard]] Task<bool> has_other_admin(UserId user, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<identity::User>> list_users(std::optional<UserId> after, std::size_t limit,
                                                             Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_users(Deadline deadline) override;
  [[nodiscard]] Task<std::optional<identity::ApiKey>> find_api_key(ApiKeyId id, Deadline deadline) override;
  [[nodiscard]] Task<std::vector<identity::ApiKey>> list_api_keys(std::optional<UserId> user,
                                                                  std::optional<ApiKeyId> after,
                                                                  std::size_t limit,
                                                                  Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_api_keys(std::optional<UserId> user, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_live_api_keys(UserId user, TimePoint now,
                                                        Deadline deadline) override;
  [[nodiscard]] Task<> touch_api_key(ApiKeyId id, TimePoint at, Deadline deadline) override;
  [[nodiscard]] Task<std::string> shared_secret(Deadline deadline) override;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace xzepr::store::postgres

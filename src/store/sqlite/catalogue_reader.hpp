// Reads the catalogue, the head, users and keys. One connection, one thread at a time.
#pragma once

#include <vector>

#include "store/catalogue_store.hpp"
#include "store/database.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

class CatalogueReader {
 public:
  explicit CatalogueReader(Connection& connection);

  [[nodiscard]] CatalogueData load();
  [[nodiscard]] HeadReading head();

 private:
  [[nodiscard]] std::vector<domain::Receiver> receivers();
  [[nodiscard]] std::vector<domain::Group> groups();

  Connection& connection_;
  Statement head_;
};

class IdentityReader {
 public:
  explicit IdentityReader(Connection& connection);

  [[nodiscard]] std::optional<Credential> find_credential(const crypto::Sha256& hash);
  [[nodiscard]] std::optional<identity::User> find_user(const std::string& username);
  [[nodiscard]] std::optional<identity::User> find_user(UserId id);
  [[nodiscard]] std::optional<identity::User> find_user_by_identity(const std::string& issuer,
                                                                    const std::string& subject);
  [[nodiscard]] bool has_admin();
  [[nodiscard]] bool has_other_admin(UserId user);
  [[nodiscard]] std::vector<identity::User> list_users(std::optional<UserId> after, std::size_t limit);
  [[nodiscard]] std::uint64_t count_users();
  [[nodiscard]] std::optional<identity::ApiKey> find_api_key(ApiKeyId id);
  [[nodiscard]] std::uint64_t count_api_keys(std::optional<UserId> user);
  [[nodiscard]] std::uint64_t count_live_api_keys(UserId user, TimePoint now);
  [[nodiscard]] std::vector<identity::ApiKey> list_api_keys(std::optional<UserId> user,
                                                            std::optional<ApiKeyId> after, std::size_t limit);
  [[nodiscard]] std::optional<std::string> shared_secret();

 private:
  void add_roles(identity::User& user);
  [[nodiscard]] std::optional<identity::User> user_of(Rows rows);

  Connection& connection_;
  Statement find_credential_;
  Statement find_by_name_;
  Statement find_by_id_;
  Statement roles_;
  Statement has_admin_;
  Statement find_key_;
  Statement list_keys_;
  Statement list_keys_of_;
  Statement count_keys_;
  Statement count_keys_of_;
  Statement count_live_keys_of_;
  Statement secret_;
};

}  // namespace xzepr::store::sqlite

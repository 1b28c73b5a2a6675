#include "store/postgres/identity_store.hpp"

#include <fmt/format.h>

#include "crypto/random.hpp"
#include "store/postgres/catalogue_sql.hpp"
#include "store/postgres/session_store.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr std::size_t secret_bytes = 32;

const std::string find_credential_text = fmt::format(
    "SELECT {}, {} FROM api_keys AS k JOIN users AS u ON u.id = k.user_id WHERE k.key_hash = $1::bytea",
    api_key_columns(), user_columns());
const Statement find_credential_sql{"find_credential", find_credential_text.c_str()};
const std::string find_user_text =
    fmt::format("SELECT {} FROM users AS u WHERE u.username = $1::text", user_columns());
const Statement find_user_sql{"find_user", find_user_text.c_str()};
const std::string find_user_by_id_text =
    fmt::format("SELECT {} FROM users AS u WHERE u.id = $1::uuid", user_columns());
const Statement find_user_by_id_sql{"find_user_by_id", find_user_by_id_text.c_str()};
const std::string find_user_by_identity_text = fmt::format(
    "SELECT {} FROM user_identities AS i JOIN users AS u ON u.id = i.user_id WHERE i.issuer = $1::text AND "
    "i.subject = $2::text",
    user_columns());
const Statement find_user_by_identity_sql{"find_user_by_identity", find_user_by_identity_text.c_str()};
const std::string list_users_text = fmt::format(
    "SELECT {} FROM users AS u WHERE $1::uuid IS NULL OR u.id < $1::uuid ORDER BY u.id DESC LIMIT $2::bigint",
    user_columns());
const Statement list_users_sql{"list_users", list_users_text.c_str()};
constexpr Statement count_users_sql{"count_users", "SELECT count(*) FROM users"};
constexpr Statement has_other_admin_sql{"has_other_admin", R"(
SELECT true FROM user_roles AS r JOIN users AS u ON u.id = r.user_id
WHERE r.role = 'admin' AND u.enabled AND u.id <> $1::uuid LIMIT 1)"};
constexpr Statement has_admin_sql{"has_admin", "SELECT true FROM user_roles WHERE role = 'admin' LIMIT 1"};
const std::string find_api_key_text =
    fmt::format("SELECT {} FROM api_keys AS k WHERE k.id = $1::uuid", api_key_columns());
const Statement find_api_key_sql{"find_api_key", find_api_key_text.c_str()};
constexpr Statement touch_api_key_sql{"touch_api_key", R"(
UPDATE api_keys SET last_used_at = $2::timestamptz
WHERE id = $1::uuid AND (last_used_at IS NULL OR last_used_at <= $2::timestamptz - interval '1 minute'))"};
constexpr Statement count_live_keys_sql{"count_live_api_keys", R"(
SELECT count(*) FROM api_keys
WHERE user_id = $1::uuid AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2::timestamptz))"};

// The first to ask makes it; a second statement reads what counts, whoever won.
constexpr Statement make_secret_sql{"make_secret", R"(
INSERT INTO settings (name, value) VALUES ('shared_secret', $1::bytea) ON CONFLICT DO NOTHING)"};
constexpr Statement read_secret_sql{"read_secret", "SELECT value FROM settings WHERE name = 'shared_secret'"};

std::optional<identity::User> first_user(const Rows& rows) {
  if (rows.is_empty()) return std::nullopt;
  return user_of(rows, 0);
}

}  // namespace

PostgresIdentityStore::PostgresIdentityStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<std::optional<Credential>> PostgresIdentityStore::find_credential(crypto::Sha256 key_hash,
                                                                       Deadline deadline) {
  Params params;
  params.bytes({reinterpret_cast<const char*>(key_hash.data()), key_hash.size()});
  const auto rows = co_await pool_->read(find_credential_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return Credential{.key = api_key_of(rows, 0), .user = user_of(rows, 0, api_key_column_count)};
}

Task<std::optional<SessionRecord>> PostgresIdentityStore::find_session(SessionId id, Deadline deadline) {
  return postgres::find_session(*pool_, id, deadline);
}

Task<std::optional<identity::User>> PostgresIdentityStore::find_user(std::string username,
                                                                     Deadline deadline) {
  Params params;
  params.text(username);
  const auto rows = co_await pool_->read(find_user_sql, std::move(params), deadline);
  co_return first_user(rows);
}

Task<std::optional<identity::User>> PostgresIdentityStore::find_user_by_id(UserId id, Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool_->read(find_user_by_id_sql, std::move(params), deadline);
  co_return first_user(rows);
}

Task<bool> PostgresIdentityStore::has_admin(Deadline deadline) {
  Params none;
  const auto rows = co_await pool_->read(has_admin_sql, std::move(none), deadline);
  co_return !rows.is_empty();
}

Task<std::optional<identity::User>> PostgresIdentityStore::find_user_by_identity(std::string issuer,
                                                                                 std::string subject,
                                                                                 Deadline deadline) {
  Params params;
  params.text(issuer).text(subject);
  const auto rows = co_await pool_->read(find_user_by_identity_sql, std::move(params), deadline);
  co_return first_user(rows);
}

Task<bool> PostgresIdentityStore::has_other_admin(UserId user, Deadline deadline) {
  Params params;
  params.id(user);
  const auto rows = co_await pool_->read(has_other_admin_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<std::vector<identity::User>> PostgresIdentityStore::list_users(std::optional<UserId> after,
                                                                    std::size_t limit, Deadline deadline) {
  Params params;
  params.optional_id(after).int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read(list_users_sql, std::move(params), deadline);
  std::vector<identity::User> users;
  for (int row = 0; row < rows.size(); ++row) users.push_back(user_of(rows, row));
  co_return users;
}

Task<std::uint64_t> PostgresIdentityStore::count_users(Deadline deadline) {
  Params none;
  const auto rows = co_await pool_->read(count_users_sql, std::move(none), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<std::optional<identity::ApiKey>> PostgresIdentityStore::find_api_key(ApiKeyId id, Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool_->read(find_api_key_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return api_key_of(rows, 0);
}

Task<std::vector<identity::ApiKey>> PostgresIdentityStore::list_api_keys(std::optional<UserId> user,
                                                                         std::optional<ApiKeyId> after,
                                                                         std::size_t limit,
                                                                         Deadline deadline) {
  PlannedQuery query{.sql = fmt::format("SELECT {} FROM api_keys AS k WHERE true", api_key_columns()),
                     .params = {}};
  auto& [sql, params] = query;
  if (user) {
    sql += fmt::format(" AND k.user_id = {}::uuid", params.next_name());
    params.id(*user);
  }
  if (after) {
    sql += fmt::format(" AND k.id < {}::uuid", params.next_name());
    params.id(*after);
  }
  sql += fmt::format(" ORDER BY k.id DESC LIMIT {}::bigint", params.next_name());
  params.int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read_planned(std::move(query), deadline);
  std::vector<identity::ApiKey> keys;
  for (int row = 0; row < rows.size(); ++row) keys.push_back(api_key_of(rows, row));
  co_return keys;
}

Task<std::uint64_t> PostgresIdentityStore::count_api_keys(std::optional<UserId> user, Deadline deadline) {
  PlannedQuery query{.sql = "SELECT count(*) FROM api_keys AS k", .params = {}};
  if (user) {
    query.sql += " WHERE k.user_id = $1::uuid";
    query.params.id(*user);
  }
  const auto rows = co_await pool_->read_planned(std::move(query), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<std::uint64_t> PostgresIdentityStore::count_live_api_keys(UserId user, TimePoint now,
                                                               Deadline deadline) {
  Params params;
  params.id(user).time(now);
  const auto rows = co_await pool_->read(count_live_keys_sql, std::move(params), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<> PostgresIdentityStore::touch_api_key(ApiKeyId id, TimePoint at, Deadline deadline) {
  Params params;
  params.id(id).time(at);
  (void)co_await pool_->read(touch_api_key_sql, std::move(params), deadline);
}

Task<std::string> PostgresIdentityStore::shared_secret(Deadline deadline) {
  Exchange exchange(2);
  exchange[0].statement = &make_secret_sql;
  exchange[0].params.bytes(crypto::random_bytes(secret_bytes));
  exchange[1].statement = &read_secret_sql;
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  if (replies[1].size() != 1)
    throw Fault(Fault::Kind::corrupt, "PostgreSQL: the shared secret cannot be read");
  co_return replies[1].text(0, 0);
}

}  // namespace xzepr::store::postgres

#include "store/sqlite/migrator.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/event_store.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::size_t migration_cache_bytes = 64 * 1'048'576;

class SqliteMigrator final : public Migrator {
 public:
  explicit SqliteMigrator(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] std::span<const Migration> known() const override { return embedded_migrations(); }
  [[nodiscard]] std::vector<AppliedMigration> applied() override;
  [[nodiscard]] Result<std::vector<AppliedMigration>> up(TimePoint now) override;

 private:
  std::string path_;
};

std::vector<AppliedMigration> SqliteMigrator::applied() {
  if (!std::filesystem::exists(path_)) return {};
  const auto connection = open_connection(path_, Access::write, migration_cache_bytes);
  return applied_migrations(*connection);
}

std::string_view bytes_of(sqlite3_value* value) {
  const auto* data = static_cast<const char*>(sqlite3_value_blob(value));
  return {data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

// idempotency_key_id(user_id, route, key)
void key_id_function(sqlite3_context* context, int, sqlite3_value** arguments) {
  UserId user;
  std::ranges::copy(bytes_of(arguments[0]).substr(0, user.value.bytes.size()), user.value.bytes.begin());
  const auto id = idempotency_key_id(user, bytes_of(arguments[1]), bytes_of(arguments[2]));
  sqlite3_result_blob(context, id.value.bytes.data(), static_cast<int>(id.value.bytes.size()),
                      SQLITE_TRANSIENT);
}

/// The functions that migrations call.
void define_functions(Connection& connection) {
  const int code = sqlite3_create_function_v2(connection.handle(), "idempotency_key_id", 3,
                                              SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, key_id_function,
                                              nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) connection.throw_fault(code, "idempotency_key_id");
}

/// One step with its row, or nothing: whoever is interrupted here begins again.
std::optional<AppliedMigration> apply_next(Connection& connection, TimePoint now, Result<void>& refused) {
  Transaction transaction(connection);
  // Read under the lock: another process may have been at it.
  const auto left = pending(embedded_migrations(), applied_migrations(connection));
  if (!left) refused = std::unexpected(left.error());
  if (!left || left->empty()) return std::nullopt;
  const auto& step = left->front();
  connection.run(step.sql);
  AppliedMigration applied{
      .number = step.number, .name = std::string(step.name), .checksum = step.checksum(), .applied_at = now};
  Statement(connection,
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)")
      .execute(applied.number, applied.name, applied.checksum, applied.applied_at);
  transaction.commit();
  return applied;
}

Result<std::vector<AppliedMigration>> SqliteMigrator::up(TimePoint now) {
  const auto connection = open_connection(path_, Access::create, migration_cache_bytes);
  define_functions(*connection);
  std::vector<AppliedMigration> done;
  Result<void> refused;
  while (auto step = apply_next(*connection, now, refused)) done.push_back(*std::move(step));
  if (!refused) return std::unexpected(std::move(refused).error());
  return done;
}

}  // namespace

std::vector<AppliedMigration> applied_migrations(Connection& connection) {
  std::vector<AppliedMigration> applied;
  if (connection.integer("SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'") == 0)
    return applied;
  Statement statement(connection,
                      "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number");
  auto rows = statement.query();
  while (rows.next()) {
    applied.push_back({.number = rows.integer(0),
                       .name = rows.text(1),
                       .checksum = rows.text(2),
                       .applied_at = rows.time(3)});
  }
  return applied;
}

void require_schema(Connection& connection, const std::string& path) {
  const auto left = pending(embedded_migrations(), applied_migrations(connection));
  if (!left) throw Fault(Fault::Kind::refused, fmt::format("{}: {}", path, left.error().detail));
  if (!left->empty()) {
    throw Fault(Fault::Kind::refused, fmt::format("{} lacks {} schema step{}: run xzepr migrate up", path,
                                                  left->size(), left->size() == 1 ? "" : "s"));
  }
}

std::unique_ptr<Connection> open_connection(const std::string& path, Access access, std::size_t cache_bytes) {
  if (access != Access::create && !std::filesystem::exists(path))
    throw Fault(Fault::Kind::refused,
                fmt::format("there is no database {}: run xzepr migrate up, which makes it", path));
  try {
    return std::make_unique<Connection>(path, access, cache_bytes);
  } catch (const Fault& fault) {
    if (fault.kind() == Fault::Kind::corrupt)
      throw Fault(Fault::Kind::corrupt,
                  fmt::format("{} is not a database of xzepr, or is damaged: name another file with "
                              "database.url, or restore a backup ({})",
                              path, fault.what()));
    throw Fault(fault.kind(),
                fmt::format("{} cannot be opened: check that this user may read and write it and its "
                            "directory ({})",
                            path, fault.what()));
  }
}

std::unique_ptr<Migrator> make_sqlite_migrator(std::string path) {
  return std::make_unique<SqliteMigrator>(std::move(path));
}

}  // namespace xzepr::store::sqlite

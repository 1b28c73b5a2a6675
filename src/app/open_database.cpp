#include "app/open_database.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "store/postgres/postgres_database.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace xzepr::app {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

bool is_sqlite(const Config& config) { return config.database.url.starts_with(sqlite_scheme); }

std::string sqlite_path(const Config& config) { return config.database.url.substr(sqlite_scheme.size()); }

// Events may hold what is not for every user of the machine.
void make_files_private() { ::umask(S_IRWXG | S_IRWXO); }

void make_folder_of(const std::string& path) {
  make_files_private();
  const auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Fault(
        Fault::Kind::refused,
        fmt::format("the folder {} cannot be made ({}): choose another with --data-dir or database.url",
                    folder.string(), error.message()));
  }
}

void migrate(const Config& config) {
  const auto migrated = open_migrator(config)->up(SystemClock{}.now());
  if (!migrated) throw Fault(Fault::Kind::refused, migrated.error().detail);
}

std::unique_ptr<store::Database> open_sqlite(const Config& config, OpenOptions options, telemetry::Log& log,
                                             telemetry::Metrics& metrics) {
  const auto use =
      options.purpose == Purpose::serve ? store::sqlite::Use::serve : store::sqlite::Use::administrate;
  return store::sqlite::make_sqlite_database({.path = sqlite_path(config), .use = use}, log, metrics,
                                             std::move(options.on_fatal));
}

std::unique_ptr<store::Database> open_postgres(const Config& config, OpenOptions options, telemetry::Log& log,
                                               telemetry::Metrics& metrics) {
  const store::postgres::PostgresOptions postgres{
      .url = config.database.url,
      .max_connections = static_cast<std::size_t>(config.database.max_connections),
      .min_connections = static_cast<std::size_t>(config.database.min_connections),
      .connection_timeout = std::chrono::seconds(config.database.connection_timeout_seconds),
      .shards = options.shards,
      .has_background = options.has_background};
  return store::postgres::make_postgres_database(postgres, log, metrics, std::move(options.on_fatal));
}

}  // namespace

std::unique_ptr<store::Migrator> open_migrator(const Config& config) {
  if (!is_sqlite(config)) return store::postgres::make_postgres_migrator(config.database.url);
  make_folder_of(sqlite_path(config));
  return store::sqlite::make_sqlite_migrator(sqlite_path(config));
}

std::unique_ptr<store::Database> open_database(const Config& config, OpenOptions options, telemetry::Log& log,
                                               telemetry::Metrics& metrics) {
  if (is_sqlite(config)) make_folder_of(sqlite_path(config));
  if (config.profile == Profile::development) migrate(config);
  if (is_sqlite(config)) return open_sqlite(config, std::move(options), log, metrics);
  return open_postgres(config, std::move(options), log, metrics);
}

}  // namespace xzepr::app

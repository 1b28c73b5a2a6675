// The embedded store: one SQLite file, one writer thread, readers beside it. Opened once per process; a
// server holds the lock of the data directory, so that a second one cannot start on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "store/append_writer.hpp"
#include "store/database.hpp"
#include "store/migration.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::store::sqlite {

/// serve takes the lock DIR/xzepr.lock; administrate works beside a running server, on the same file.
enum class Use : std::uint8_t { serve, administrate };

struct SqliteOptions {
  std::string path;  ///< the database file; its directory exists
  Use use = Use::serve;
  /// A larger one is slower: at most commits SQLite walks through all pages of its cache (a page that was
  /// renumbered while a tree was balanced makes it believe that the file has shrunk).
  std::size_t writer_cache_bytes = 16 * 1'048'576;
  std::size_t reader_cache_bytes =
      16 * 1'048'576;              ///< of each connection: one per shard and per reader thread
  std::size_t reader_threads = 2;  ///< for lists and timelines; single rows are read on the shard
  AppendWriter::Options gathering = {};
};

/// Throws Fault, one line that says what to do: the directory is in use, the file cannot be opened or is no
/// database, the schema is missing or newer. `on_fatal` is called once when durability is lost.
[[nodiscard]] std::unique_ptr<Database> make_sqlite_database(SqliteOptions options, telemetry::Log& log,
                                                             telemetry::Metrics& metrics,
                                                             std::function<void()> on_fatal);

/// Makes the file when it is missing.
[[nodiscard]] std::unique_ptr<Migrator> make_sqlite_migrator(std::string path);

}  // namespace xzepr::store::sqlite

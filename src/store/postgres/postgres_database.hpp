// The store on PostgreSQL, for any number of equal nodes: a pool of readers per shard, one writer of a few
// lanes, one connection for changes of the catalogue. Opened once per process.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "store/append_writer.hpp"
#include "store/database.hpp"
#include "store/migration.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::store::postgres {

struct PostgresOptions {
  std::string url;                   ///< postgres://user:password@host:port/database?...
  std::size_t max_connections = 20;  ///< of the process: shards, writer lanes and one for the catalogue
  std::size_t min_connections = 5;
  std::chrono::milliseconds connection_timeout{30'000};  ///< to get a connection from a pool
  std::size_t shards = 1;                                ///< how often open_shard() will be called
  bool has_background = false;                           ///< whether open_background() will be
  std::size_t writer_lanes = 2;
  AppendWriter::Options gathering = {
      .gather_below = 10'000, .gather_for = std::chrono::milliseconds{2}, .split_from = 16};
};

/// Checks the server first. Throws Fault, one line that says what to do. `on_fatal` is called when durability
/// is lost.
[[nodiscard]] std::unique_ptr<Database> make_postgres_database(PostgresOptions options, telemetry::Log& log,
                                                               telemetry::Metrics& metrics,
                                                               std::function<void()> on_fatal);

[[nodiscard]] std::unique_ptr<Migrator> make_postgres_migrator(std::string url);

}  // namespace xzepr::store::postgres

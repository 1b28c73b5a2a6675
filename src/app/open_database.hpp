// The database that the configuration names, checked and ready.
#pragma once

#include <functional>
#include <memory>

#include "app/config/config.hpp"
#include "store/database.hpp"
#include "store/migration.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::app {

/// administrate works beside a running server, on the same database.
enum class Purpose : std::uint8_t { serve, administrate };

struct OpenOptions {
  Purpose purpose = Purpose::serve;
  std::size_t shards = 1;
  bool has_background = false;  ///< whether open_background() will be called
  std::function<void()> on_fatal = [] {};
};

/// In development the schema is migrated first; otherwise an unmigrated database is refused. Throws Fault
/// with one line that says what to do.
[[nodiscard]] std::unique_ptr<store::Database> open_database(const Config& config, OpenOptions options,
                                                             telemetry::Log& log,
                                                             telemetry::Metrics& metrics);

/// The other side of `xzepr migrate`; the folder of a SQLite file is made when missing.
[[nodiscard]] std::unique_ptr<store::Migrator> open_migrator(const Config& config);

}  // namespace xzepr::app

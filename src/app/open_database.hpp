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

/// Migrates first in development; otherwise an unmigrated database is refused. Throws Fault with one line that says
/// what to do.
[[nodiscard]] std::unique_ptr<store::Database> open_database(const Config& config, std::size_t shards, telemetry::Log& log, telemetry::Metrics& metrics,
                                                             std::function<void()> on_fatal);

/// The other side of `xzepr migrate`.
[[nodiscard]] std::unique_ptr<store::Migrator> open_migrator(const Config& config);

}  // namespace xzepr::app

// The server: opens the database, wires shards, services and the pipeline, serves until a signal, drains.
#pragma once

#include "app/config/config.hpp"

namespace xzepr::app {

/// Returns the process's exit code: 0 after a graceful stop, 1 when it could not start or had to give up.
/// What went wrong is one line on stderr that says what to do.
[[nodiscard]] int serve(const Config& config);

}  // namespace xzepr::app

// What must be true of a server before we trust it, asked once at start.
#pragma once

#include <chrono>
#include <string>

#include "telemetry/log.hpp"

namespace xzepr::store::postgres {

struct StartupNeeds {
  std::string url;
  std::size_t connections;  ///< that we may open at most
  std::chrono::milliseconds timeout;
};

/// Throws Fault, whose one line says what to do: unreachable, wrong password, too old, not UTF-8, a standby,
/// not migrated, migrated by a newer xzepr, too few connections, behind a pooler that mixes sessions. Warns
/// of a server that does not sync.
void check_server(const StartupNeeds& needs, telemetry::Log& log);

}  // namespace xzepr::store::postgres

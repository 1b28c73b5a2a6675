// The metrics on a listener of their own (telemetry.metrics_listen), open to whoever reaches it: loopback by
// default.
#pragma once

#include <memory>

#include "app/config/config.hpp"
#include "http/server.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::app {

[[nodiscard]] std::unique_ptr<http::Application> make_metrics_application(telemetry::Metrics& metrics);

/// Null when the configuration names no address, and in development when it is taken. Throws Fault in
/// production.
[[nodiscard]] std::unique_ptr<http::Server> listen_for_metrics(const Config& config, http::Shard shard,
                                                               telemetry::Log& log,
                                                               telemetry::Metrics& metrics);

}  // namespace xzepr::app

// Whether and with what this process serves HTTPS.
#pragma once

#include <memory>

#include "app/config/config.hpp"
#include "base/task.hpp"
#include "http/tls.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::app {

/// Null when plain HTTP is to be served. In development a certificate for this machine is made in the data
/// folder when none is configured, and renewed a week before its end. Throws Fault with one line that says
/// what to do.
[[nodiscard]] std::shared_ptr<http::TlsCertificate> open_certificate(const Config& config, TimePoint now);

/// Takes over a renewed certificate within 5 s, without touching open connections; until cancelled. What
/// cannot be used is logged once, and the old one stays.
[[nodiscard]] Task<> watch_certificate(std::shared_ptr<http::TlsCertificate> certificate, telemetry::Log& log,
                                       telemetry::Metrics& metrics);

/// The same at once. Any thread.
void reload_certificate(http::TlsCertificate& certificate, telemetry::Log& log);

}  // namespace xzepr::app

// Everything that a handler may call. Built by the composition root, one per shard, and as long-lived as it.
#pragma once

#include <string>

#include "api/health.hpp"
#include "api/pages.hpp"
#include "api/session_cookies.hpp"
#include "base/clock.hpp"
#include "service/apply_service.hpp"
#include "service/artifact_service.hpp"
#include "service/browser_session_service.hpp"
#include "service/event_service.hpp"
#include "service/gate_service.hpp"
#include "service/group_service.hpp"
#include "service/identity_service.hpp"
#include "service/receiver_service.hpp"
#include "service/session_service.hpp"
#include "service/sink_service.hpp"
#include "service/stream_tickets.hpp"
#include "service/user_service.hpp"
#include "service/webhook_deliveries.hpp"
#include "service/webhook_service.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::api {

namespace stream {
struct StreamParts;
}

struct Services {
  service::EventService& events;
  service::ReceiverService& receivers;
  service::GroupService& groups;
  service::GateService& gates;
  service::ArtifactService& artifacts;
  service::ApplyService& apply;
  service::IdentityService& identity;
  service::SessionService& sessions;
  service::BrowserSessionService& browsers;
  service::StreamTickets& tickets;
  service::UserService& users;
  service::SinkService& sinks;
  service::WebhookService& webhooks;
  service::WebhookDeliveries& deliveries;
  identity::SigningKeyRing& signing_keys;
  HealthSource& health;
  telemetry::Metrics& metrics;
  const Pages& pages;
  const SessionCookies& cookies;
  const stream::StreamParts* streams = nullptr;  ///< what only that module's routes use
  const Clock& clock;
  std::string version;  ///< of the server, "0.1.0"
  TimePoint started_at;
};

}  // namespace xzepr::api

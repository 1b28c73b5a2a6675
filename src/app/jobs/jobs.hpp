// Background loops of one process. Each runs on a shard until it is cancelled; an error is logged once per
// outage and the loop goes on.
#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "identity/signing_keys.hpp"
#include "service/catalogue.hpp"
#include "service/identity_service.hpp"
#include "service/limited_logins.hpp"
#include "store/catalogue_store.hpp"
#include "store/gate_store.hpp"
#include "store/search_store.hpp"
#include "store/session_store.hpp"
#include "store/webhook_store.hpp"
#include "telemetry/log.hpp"

namespace xzepr::app {

/// Notices within 250 ms what another node changed: receivers, groups, keys.
[[nodiscard]] Task<> watch_catalogue(service::Catalogue& catalogue, store::CatalogueStore& store,
                                     telemetry::Log& log);

/// Brings stored gates up to date after a group was changed, slice by slice.
[[nodiscard]] Task<> sweep_gates(service::Catalogue& catalogue, store::CatalogueStore& catalogue_store,
                                 store::GateStore& gates, const Clock& clock, telemetry::Log& log);

/// Files events in the search index, a moment after they were appended. While many are being appended it
/// takes a small share of the time, and catches up when they get fewer.
[[nodiscard]] Task<> index_events(store::SearchStore& search, telemetry::Log& log);

/// Where and with what the jobs of the audit log work.
struct AuditParts {
  store::SessionStore& sessions;
  service::AuditLog& audit;
  const Clock& clock;
  telemetry::Log& log;
};

/// Lets the ring look for newer keys, as often as it may. A rotation is told, and is a row of the audit log
/// on each node that takes the key.
[[nodiscard]] Task<> watch_signing_keys(identity::SigningKeyRing& ring, AuditParts parts);

/// Writes logins that a rate limit refused, at most once a minute per source.
[[nodiscard]] Task<> record_limited_logins(service::LimitedLogins& logins, AuditParts parts);

/// Removes rows of the audit log that are older than `kept`, a thousand at a time.
[[nodiscard]] Task<> remove_old_audit(std::chrono::days kept, AuditParts parts);

/// Removes deliveries to webhooks that were finished before that, and what is left of deleted webhooks, a
/// thousand at a time. 0 days: finished ones stay.
[[nodiscard]] Task<> remove_old_deliveries(std::chrono::days kept, store::WebhookStore& webhooks,
                                           const Clock& clock, telemetry::Log& log);

/// Writes when keys were last used, at most once a minute per key.
[[nodiscard]] Task<> record_key_use(service::IdentityService& identities, const Clock& clock,
                                    telemetry::Log& log);

}  // namespace xzepr::app

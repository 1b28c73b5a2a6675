// Background loops of one process. Each runs on a shard until it is cancelled; an error is logged once per
// outage and the loop goes on.
#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "service/catalogue.hpp"
#include "service/identity_service.hpp"
#include "store/catalogue_store.hpp"
#include "store/gate_store.hpp"
#include "store/search_store.hpp"
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

/// Writes when keys were last used, at most once a minute per key.
[[nodiscard]] Task<> record_key_use(service::IdentityService& identities, const Clock& clock,
                                    telemetry::Log& log);

}  // namespace xzepr::app

// The live streams' routes, and what they need beside the services.
#pragma once

#include <span>

#include "api/route.hpp"
#include "api/stream/stream_slots.hpp"
#include "journal/live/live_reader.hpp"
#include "service/catalogue.hpp"

namespace xzepr::api::stream {

/// Of one shard.
struct StreamParts {
  journal::live::LivePorts live;
  StreamSlots& slots;
  service::Catalogue& catalogue;
  store::IdentityStore& identities;
};

[[nodiscard]] std::span<const Route> stream_routes();

}  // namespace xzepr::api::stream

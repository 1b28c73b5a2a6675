// The REST interface: one list of routes per noun.
#pragma once

#include <span>

#include "api/route_table.hpp"

namespace xzepr::api::rest {

[[nodiscard]] std::span<const Route> api_key_routes();
[[nodiscard]] std::span<const Route> session_routes();
[[nodiscard]] std::span<const Route> oidc_routes();
[[nodiscard]] std::span<const Route> user_routes();
[[nodiscard]] std::span<const Route> apply_routes();
[[nodiscard]] std::span<const Route> artifact_routes();
[[nodiscard]] std::span<const Route> batch_routes();
[[nodiscard]] std::span<const Route> event_routes();
[[nodiscard]] std::span<const Route> gate_routes();
[[nodiscard]] std::span<const Route> group_routes();
[[nodiscard]] std::span<const Route> health_routes();
[[nodiscard]] std::span<const Route> receiver_routes();
[[nodiscard]] std::span<const Route> sink_routes();
[[nodiscard]] std::span<const Route> webhook_routes();
[[nodiscard]] std::span<const Route> delivery_routes();

/// All of the above.
void add_routes(RouteTable& table);

}  // namespace xzepr::api::rest

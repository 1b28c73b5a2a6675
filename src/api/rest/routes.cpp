#include "api/rest/routes.hpp"

namespace xzepr::api::rest {

void add_routes(RouteTable& table) {
  table.add(event_routes());
  table.add(batch_routes());
  table.add(receiver_routes());
  table.add(group_routes());
  table.add(gate_routes());
  table.add(apply_routes());
  table.add(artifact_routes());
  table.add(api_key_routes());
  table.add(session_routes());
  table.add(oidc_routes());
  table.add(user_routes());
  table.add(sink_routes());
  table.add(webhook_routes());
  table.add(delivery_routes());
  table.add(health_routes());
}

}  // namespace xzepr::api::rest

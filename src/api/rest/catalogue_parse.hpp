// Receivers and groups out of a request's JSON: shape and types; the rules are the service's.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "service/group_service.hpp"
#include "service/receiver_service.hpp"

namespace xzepr::api::rest {

// Each: "request_invalid" with all violations.
[[nodiscard]] Result<service::NewReceiver> parse_new_receiver(json::Value body);
[[nodiscard]] Result<service::ReceiverUpdate> parse_receiver_update(json::Value body);
/// {"payload": ...}
[[nodiscard]] Result<json::Value> parse_payload(json::Value body);
[[nodiscard]] Result<service::NewGroup> parse_new_group(json::Value body);
[[nodiscard]] Result<service::GroupUpdate> parse_group_update(json::Value body);
/// {"user_id": ...}
[[nodiscard]] Result<std::string> parse_member(const json::Value& body);

}  // namespace xzepr::api::rest

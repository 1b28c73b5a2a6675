// Bodies about webhooks.
#pragma once

#include <chrono>

#include "json/value.hpp"
#include "service/webhook_deliveries.hpp"

namespace xzepr::api::rest {

[[nodiscard]] Result<service::WebhookRequest> parse_webhook(const json::Value& body);

/// {"keep_hours": 0 to 720}, 24 when it is left out.
[[nodiscard]] Result<std::chrono::seconds> parse_rotation(const json::Value& body);

struct ReplayBody {
  bool failed = false;  ///< what was given up, and nothing else of the request counts
  service::ReplayRequest request;
};
[[nodiscard]] Result<ReplayBody> parse_replay(const json::Value& body);

}  // namespace xzepr::api::rest

// Webhooks and deliveries as JSON text.
#pragma once

#include <string>

#include "service/webhook_deliveries.hpp"
#include "service/webhook_service.hpp"

namespace xzepr::api::rest {

void append_webhook(std::string& out, const service::WebhookView& view);
/// With the secret in clear: shown once.
void append_webhook_secret(std::string& out, const service::WebhookSecret& made);
void append_delivery(std::string& out, const domain::WebhookDelivery& delivery);
void append_replay_progress(std::string& out, const service::ReplayProgress& progress);

}  // namespace xzepr::api::rest

// Finding a webhook as a caller names it.
#pragma once

#include <string>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::service {

/// By id or name; 404 "webhook_unknown".
[[nodiscard]] Task<Result<domain::Webhook>> find_webhook(store::WebhookStore& webhooks, std::string reference,
                                                         Deadline deadline);

}  // namespace xzepr::service

#include "service/webhook_lookup.hpp"

#include "service/refusals.hpp"

namespace xzepr::service {

Task<Result<domain::Webhook>> find_webhook(store::WebhookStore& webhooks, std::string reference,
                                           Deadline deadline) {
  std::optional<domain::Webhook> found;
  if (const auto id = parse_id<domain::WebhookId>(reference)) {
    found = co_await webhooks.find_webhook(*id, deadline);
  } else {
    found = co_await webhooks.find_webhook_by_name(reference, deadline);
  }
  if (!found) co_return std::unexpected(webhook_unknown(reference));
  co_return *std::move(found);
}

}  // namespace xzepr::service

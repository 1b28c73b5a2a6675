// What follows from how an attempt ended. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/error.hpp"
#include "http/client.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::journal::webhook {

/// An endpoint that has failed for so long is disabled.
inline constexpr std::chrono::days failing_max{5};

/// 2xx: delivered. Anything else, redirects included (G10), is tried again by the schedule, and by
/// Retry-After where that is later. A test has one attempt. `random` spreads the next attempts.
[[nodiscard]] store::AttemptOutcome outcome_of(const domain::WebhookDelivery& claimed,
                                               const Result<http::ClientResponse>& answer,
                                               std::chrono::milliseconds took, TimePoint now,
                                               std::uint32_t random);
/// Of a delivery that there is nothing left to send for.
[[nodiscard]] store::AttemptOutcome unsendable(const domain::WebhookDelivery& claimed, std::string why);

/// Why the webhook is to be disabled after this attempt; "": it is not. By 410 Gone the endpoint asks for it.
[[nodiscard]] std::string why_disabled(const domain::Webhook& webhook, const store::AttemptOutcome& outcome,
                                       TimePoint now);

}  // namespace xzepr::journal::webhook

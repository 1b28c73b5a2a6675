#include "journal/webhook/delivery_outcome.hpp"

#include <utility>

#include <fmt/format.h>

#include "http/retry_after.hpp"
#include "journal/webhook/schedule.hpp"

namespace xzepr::journal::webhook {
namespace {

using domain::DeliveryStatus;
using store::AttemptOutcome;

constexpr std::int64_t gone = 410;

AttemptOutcome outcome_for(const domain::WebhookDelivery& claimed) {
  return {.delivery = claimed.id, .webhook = claimed.webhook_id, .key = claimed.key, .claim = claimed.claims};
}

void plan_next(AttemptOutcome& outcome, const domain::WebhookDelivery& claimed, TimePoint now,
               std::uint32_t random, std::optional<TimePoint> retry_after) {
  const auto attempt = static_cast<std::uint32_t>(claimed.attempts);
  const bool is_test = claimed.cause == domain::DeliveryCause::test;
  const auto next = is_test ? std::nullopt : next_attempt(attempt, now, random, retry_after);
  outcome.status = next ? DeliveryStatus::pending : DeliveryStatus::failed;
  if (next) outcome.next_in = std::chrono::ceil<std::chrono::milliseconds>(*next - now);
}

}  // namespace

AttemptOutcome outcome_of(const domain::WebhookDelivery& claimed, const Result<http::ClientResponse>& answer,
                          std::chrono::milliseconds took, TimePoint now, std::uint32_t random) {
  auto outcome = outcome_for(claimed);
  outcome.took = took;
  // A test says something to whoever asked for it, and is no message that was missed.
  const bool counts = claimed.cause != domain::DeliveryCause::test;
  if (answer && answer->status >= 200 && answer->status < 300) {
    outcome.status = DeliveryStatus::delivered;
    outcome.http_status = answer->status;
    if (counts) outcome.works = true;
    return outcome;
  }
  if (counts) outcome.works = false;
  std::optional<TimePoint> retry_after;
  if (answer) {
    outcome.http_status = answer->status;
    outcome.error = fmt::format("answered {}", answer->status);
    retry_after = http::parse_retry_after(answer->header("retry-after"), now);
  } else {
    outcome.error = answer.error().detail;
  }
  plan_next(outcome, claimed, now, random, retry_after);
  return outcome;
}

AttemptOutcome unsendable(const domain::WebhookDelivery& claimed, std::string why) {
  auto outcome = outcome_for(claimed);
  outcome.status = DeliveryStatus::failed;
  outcome.error = std::move(why);
  return outcome;
}

std::string why_disabled(const domain::Webhook& webhook, const AttemptOutcome& outcome, TimePoint now) {
  if (outcome.works.value_or(true)) return "";
  if (outcome.http_status == gone) return "it answered 410 Gone";
  if (webhook.failing_since && now - *webhook.failing_since >= failing_max)
    return fmt::format("every attempt has failed for {} days; the last one: {}", failing_max.count(),
                       outcome.error);
  return "";
}

}  // namespace xzepr::journal::webhook

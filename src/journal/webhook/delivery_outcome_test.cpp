#include "journal/webhook/delivery_outcome.hpp"

#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "journal/relay_fixture_test.hpp"
#include "journal/webhook/schedule.hpp"

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;
using domain::DeliveryStatus;
using std::chrono::milliseconds;

constexpr TimePoint noon{std::chrono::seconds{1'767'225'600}};
constexpr std::uint32_t no_jitter =
    std::numeric_limits<std::uint32_t>::max() / 2;  // neither sooner nor later

domain::WebhookDelivery attempt_number(std::int64_t number) {
  domain::WebhookDelivery claimed{.key = "app", .attempts = number, .claims = number + 10};
  claimed.id = domain::DeliveryId{ulid_of(number, 1)};
  claimed.webhook_id = domain::WebhookId{ulid_of(1, 2)};
  return claimed;
}
http::ClientResponse answer_of(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::ClientResponse answer;
  answer.status = status;
  answer.headers = std::move(headers);
  return answer;
}
Result<http::ClientResponse> no_answer() {
  return std::unexpected(
      Error{.kind = Errc::unavailable, .code = "server_unreachable", .detail = "nobody is there"});
}
store::AttemptOutcome outcome_after(std::int64_t attempts, const Result<http::ClientResponse>& answer) {
  return outcome_of(attempt_number(attempts), answer, 7ms, noon, no_jitter);
}
void expect_about(milliseconds got, milliseconds wanted) {
  EXPECT_LE(std::chrono::abs(got - wanted), 1ms) << got.count();
}

}  // namespace

TEST(DeliveryOutcome, G13EverySuccessIsADelivery) {
  for (const int status : {200, 201, 202, 204, 299}) {
    const auto outcome = outcome_after(3, answer_of(status));
    EXPECT_EQ(outcome.status, DeliveryStatus::delivered) << status;
    EXPECT_EQ(outcome.http_status, status);
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.works, true);
    EXPECT_EQ(outcome.took, 7ms);
  }
}

TEST(DeliveryOutcome, TellsWhoseItIs) {
  const auto claimed = attempt_number(3);
  for (const auto& outcome : {outcome_of(claimed, answer_of(204), 7ms, noon, 0),
                              outcome_of(claimed, no_answer(), 7ms, noon, 0), unsendable(claimed, "why")}) {
    EXPECT_EQ(outcome.delivery, claimed.id);
    EXPECT_EQ(outcome.webhook, claimed.webhook_id);
    EXPECT_EQ(outcome.key, "app");
    EXPECT_EQ(outcome.claim, 13);
  }
}

TEST(DeliveryOutcome, G13EverythingElseIsTriedAgain) {
  for (const int status : {301, 302, 307, 400, 401, 404, 410, 429, 500, 503, 100, 199, 300, 599}) {
    const auto outcome = outcome_after(1, answer_of(status));
    EXPECT_EQ(outcome.status, DeliveryStatus::pending) << status;
    EXPECT_EQ(outcome.http_status, status);
    EXPECT_EQ(outcome.error, fmt::format("answered {}", status));
    EXPECT_EQ(outcome.works, false);
    expect_about(outcome.next_in, 5s);
  }
}

TEST(DeliveryOutcome, G10ARedirectIsAFailureWhereverItLeads) {
  const auto outcome = outcome_after(8, answer_of(302, {{"location", "https://example.com/"}}));
  EXPECT_EQ(outcome.status, DeliveryStatus::failed);
  EXPECT_EQ(outcome.error, "answered 302");
}

TEST(DeliveryOutcome, G13NoAnswerIsTriedAgain) {
  const auto outcome = outcome_after(2, no_answer());
  EXPECT_EQ(outcome.status, DeliveryStatus::pending);
  EXPECT_EQ(outcome.http_status, 0);
  EXPECT_EQ(outcome.error, "nobody is there");
  EXPECT_EQ(outcome.works, false);
  expect_about(outcome.next_in, 5min);
}

TEST(DeliveryOutcome, G13GivenUpAfterTheEighth) {
  const std::vector<milliseconds> waits{5s, 5min, 30min, 2h, 5h, 10h, 10h};
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const auto outcome = outcome_after(static_cast<std::int64_t>(i) + 1, answer_of(503));
    EXPECT_EQ(outcome.status, DeliveryStatus::pending) << i;
    expect_about(outcome.next_in, waits[i]);
  }
  for (const auto& answer : {Result<http::ClientResponse>(answer_of(503)), no_answer()}) {
    const auto last = outcome_after(attempts_max, answer);
    EXPECT_EQ(last.status, DeliveryStatus::failed);
    EXPECT_EQ(last.next_in, 0ms);
    EXPECT_EQ(last.works, false);
    EXPECT_FALSE(last.error.empty());
  }
}

TEST(DeliveryOutcome, G13RetryAfterCountsWhereItIsLater) {
  const auto after = [](std::string text, std::int64_t attempts = 1) {
    return outcome_after(attempts, answer_of(429, {{"retry-after", std::move(text)}})).next_in;
  };
  expect_about(after("3600"), 1h);
  expect_about(after("1"), 5s);
  expect_about(after("3600", 6), 10h);
  expect_about(after("99999999"), 24h);
  expect_about(after("Thu, 01 Jan 2026 02:00:00 GMT"), 2h);
  expect_about(after("Thu, 01 Jan 2020 02:00:00 GMT"), 5s);
  expect_about(after("soon"), 5s);
  expect_about(after("-1"), 5s);
  EXPECT_EQ(outcome_after(8, answer_of(429, {{"retry-after", "3600"}})).status, DeliveryStatus::failed);
}

TEST(DeliveryOutcome, ATestHasOneAttemptAndSaysNothingOfTheEndpoint) {
  auto test = attempt_number(1);
  test.cause = domain::DeliveryCause::test;
  for (const auto& answer :
       {Result<http::ClientResponse>(answer_of(503, {{"retry-after", "60"}})), no_answer()}) {
    const auto outcome = outcome_of(test, answer, 7ms, noon, no_jitter);
    EXPECT_EQ(outcome.status, DeliveryStatus::failed);
    EXPECT_EQ(outcome.works, std::nullopt);
    EXPECT_FALSE(outcome.error.empty());
  }
  const auto good = outcome_of(test, answer_of(204), 7ms, noon, no_jitter);
  EXPECT_EQ(good.status, DeliveryStatus::delivered);
  EXPECT_EQ(good.works, std::nullopt);
  EXPECT_EQ(why_disabled({}, outcome_of(test, answer_of(410), 7ms, noon, no_jitter), noon), "");
}

TEST(DeliveryOutcome, WhatCannotBeSentSaysNothingOfTheEndpoint) {
  const auto outcome = unsendable(attempt_number(1), "its row is not stored any more");
  EXPECT_EQ(outcome.status, DeliveryStatus::failed);
  EXPECT_EQ(outcome.works, std::nullopt);
  EXPECT_EQ(outcome.error, "its row is not stored any more");
  domain::Webhook webhook{.failing_since = noon - 30 * 24h};
  EXPECT_EQ(why_disabled(webhook, outcome, noon), "");
}

TEST(DeliveryOutcome, G13GoneDisables) {
  EXPECT_EQ(why_disabled({}, outcome_after(1, answer_of(410)), noon), "it answered 410 Gone");
  EXPECT_EQ(why_disabled({}, outcome_after(1, answer_of(404)), noon), "");
  EXPECT_EQ(why_disabled({}, outcome_after(8, no_answer()), noon), "");
}

TEST(DeliveryOutcome, G13FiveDaysWithoutASuccessDisable) {
  domain::Webhook webhook{.failing_since = noon};
  const auto bad = outcome_after(1, answer_of(500));
  EXPECT_EQ(why_disabled(webhook, bad, noon + 5 * 24h - 1us), "");
  EXPECT_EQ(why_disabled(webhook, bad, noon + 5 * 24h),
            "every attempt has failed for 5 days; the last one: answered 500");
  EXPECT_EQ(why_disabled(webhook, outcome_after(1, answer_of(200)), noon + 5 * 24h), "");
  webhook.failing_since.reset();
  EXPECT_EQ(why_disabled(webhook, bad, noon + 30 * 24h), "");
}

}  // namespace xzepr::journal::webhook

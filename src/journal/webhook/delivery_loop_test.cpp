#include "journal/webhook/delivery_loop.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "domain/webhook_secret.hpp"
#include "journal/relay_fixture_test.hpp"
#include "journal/webhook/endpoint_test.hpp"
#include "journal/webhook/signature.hpp"
#include "store/memory_webhooks_test.hpp"

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;
using domain::DeliveryStatus;
using domain::WebhookId;
using Positions = std::vector<std::int64_t>;

class DeliveryLoopTest : public testing::Test {
 protected:
  void TearDown() override { sender_.stop(); }

  WebhookId given_webhook(const std::string& url) {
    domain::Webhook webhook{.id = WebhookId{ids_.next(TimePoint{})}, .url = url};
    webhook.name = "hook-" + std::to_string(webhooks_.webhooks.size());
    domain::WebhookSecrets secrets{.secret = secret_};
    secrets.headers = {{"X-Team", "a"}};
    webhook.sealed = domain::seal_secrets(key_, webhook.id, secrets);
    webhooks_.put(webhook, 0);
    return webhook.id;
  }
  /// As many rows more, of `artifacts` artifacts in turn, and their deliveries to all.
  void given_rows(std::int64_t count, std::int64_t artifacts = 1) {
    std::vector<domain::WebhookDelivery> deliveries;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto position = std::ssize(journal_.entries) + 1;
      journal_.entries.push_back(event_entry(position, position % artifacts));
      for (const auto& [id, webhook] : webhooks_.webhooks)
        deliveries.push_back(domain::delivery_of(journal_.entries.back().row, id,
                                                 domain::DeliveryId{ids_.next(clock_.now())},
                                                 domain::DeliveryCause::message, clock_.now()));
    }
    given_deliveries(std::move(deliveries));
  }
  void given_deliveries(std::vector<domain::WebhookDelivery> deliveries) {
    for (auto& one : deliveries) {
      auto& stored = webhooks_.deliveries[one.id] = std::move(one);
      const bool is_first = std::ranges::none_of(webhooks_.deliveries, [&](const auto& entry) {
        return entry.second.webhook_id == stored.webhook_id && entry.second.key == stored.key &&
               entry.second.next_at;
      });
      if (is_first) stored.next_at = clock_.now();
    }
  }
  [[nodiscard]] std::vector<const domain::WebhookDelivery*> of(WebhookId webhook) const {
    std::vector<const domain::WebhookDelivery*> out;
    for (const auto& [id, one] : webhooks_.deliveries) {
      if (one.webhook_id == webhook) out.push_back(&one);
    }
    return out;
  }
  [[nodiscard]] std::size_t count(WebhookId webhook, DeliveryStatus status) const {
    return static_cast<std::size_t>(
        std::ranges::count(of(webhook), status, [](const auto* one) { return one->status; }));
  }
  void make(DeliveryOptions options = {}) {
    options.rules.allow_http = true;
    options.rules.private_networks.push_back(*parse_ip_network("127.0.0.0/8"));
    options.key = key_;
    const DeliveryLoop::Parts parts{.journal = journal_,
                                    .webhooks = webhooks_,
                                    .sender = sender_,
                                    .clock = clock_,
                                    .log = log_,
                                    .metrics = metrics_};
    deliveries_.emplace(
        loop_, std::move(options),
        [this](domain::Webhook webhook, std::string reason) {
          return note(&disabled_, std::move(webhook), std::move(reason));
        },
        parts);
  }
  /// Runs the loop until `done`, then stops it and waits for its end.
  template <class Done>
  void deliver_until(Done done, std::chrono::milliseconds patience = 10s) {
    if (!deliveries_) make();
    loop_.restart();
    tasks_.spawn("deliveries", deliveries_->run());
    tasks_.spawn("stopper", stop_when(this, done, patience));
    loop_.run();
    EXPECT_TRUE(done()) << "it did not come to pass in time";
  }

  asio::io_context loop_{1};
  SystemClock clock_;
  UlidSource ids_;
  const std::string key_ = std::string(32, 'k');
  const std::string secret_ = domain::make_webhook_secret();
  store::MemoryWebhooks webhooks_{clock_};
  store::MemoryJournal journal_{webhooks_};
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
  std::vector<std::string> disabled_;  // "name: reason"
  http::Sender sender_{64};
  std::optional<DeliveryLoop> deliveries_;
  TaskGroup tasks_{loop_.get_executor(),
                   [](std::string_view, const std::exception& what) { ADD_FAILURE() << what.what(); }};

 private:
  static Task<> note(std::vector<std::string>* disabled, domain::Webhook webhook, std::string reason) {
    disabled->push_back(webhook.name + ": " + reason);
    co_return;
  }
  template <class Done>
  static Task<> stop_when(DeliveryLoopTest* self, Done done, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!done() && std::chrono::steady_clock::now() < until) co_await sleep_for(1ms);
    self->deliveries_->stop(Deadline::after(patience));
  }
};

/// The journal positions that messages tell of, in the order in which they came.
Positions positions_of(const std::vector<Told>& told) {
  Positions out;
  for (const auto& one : told) {
    const auto at = one.body.find("\"sequence\":\"");
    out.push_back(at == std::string::npos ? 0 : std::stol(one.body.substr(at + 12, 20)));
  }
  return out;
}

}  // namespace

TEST_F(DeliveryLoopTest, DeliversOfEachArtifactInOrder) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  given_rows(30, 3);
  deliver_until([&] { return count(webhook, DeliveryStatus::delivered) == 30; });
  const auto positions = positions_of(endpoint.told());
  ASSERT_EQ(positions.size(), 30U);
  for (std::int64_t artifact = 0; artifact < 3; ++artifact) {
    Positions of_one;
    std::ranges::copy_if(positions, std::back_inserter(of_one),
                         [artifact](std::int64_t position) { return position % 3 == artifact; });
    EXPECT_EQ(of_one.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(of_one));
  }
  EXPECT_NE(metrics_.render().find("xzepr_webhook_attempts_total{result=\"delivered\"} 30"),
            std::string::npos);
}

TEST_F(DeliveryLoopTest, G12EachMessageIsSignedAndNamesItself) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  given_rows(1);
  deliver_until([&] { return count(webhook, DeliveryStatus::delivered) == 1; });
  const auto told = endpoint.told().at(0);
  const auto& row = journal_.entries[0].row;
  EXPECT_EQ(told.headers.at("webhook-id"), to_string(row.id));
  EXPECT_EQ(told.headers.at("content-type"), "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(told.headers.at("x-team"), "a");
  const TimePoint time{std::chrono::seconds{std::stol(told.headers.at("webhook-timestamp"))}};
  const std::vector<std::string> keys{*domain::parse_webhook_secret(secret_)};
  EXPECT_EQ(told.headers.at("webhook-signature"), sign(row.id, time, told.body, keys));
}

TEST_F(DeliveryLoopTest, SoManyAtOnceForEachEndpoint) {
  Endpoint endpoint;
  Endpoint other;
  endpoint.hold();
  other.hold();
  const auto webhook = given_webhook(endpoint.url());
  const auto second = given_webhook(other.url());
  given_rows(12, 12);
  make({.concurrency = 3});
  deliver_until([&] {
    if (endpoint.together == 3 && other.together == 3) {
      endpoint.release();
      other.release();
    }
    return count(webhook, DeliveryStatus::delivered) == 12 && count(second, DeliveryStatus::delivered) == 12;
  });
  EXPECT_EQ(endpoint.together_max, 3);
  EXPECT_EQ(other.together_max, 3);
}

TEST_F(DeliveryLoopTest, G14OneThatNeverAnswersHoldsNobodyUp) {
  Endpoint dead;
  dead.hold();
  std::deque<Endpoint> good(9);
  const auto silent = given_webhook(dead.url());
  std::vector<WebhookId> others;
  for (const auto& endpoint : good) others.push_back(given_webhook(endpoint.url()));
  given_rows(40, 20);
  bool is_seen = false;
  deliver_until([&] {
    const bool are_told =
        std::ranges::all_of(others, [&](WebhookId id) { return count(id, DeliveryStatus::delivered) == 40; });
    // As many as one endpoint may have, and it hangs all the while.
    if (are_told && dead.together == 4 && !std::exchange(is_seen, true)) {
      EXPECT_EQ(count(silent, DeliveryStatus::delivered), 0U);
      dead.release();
    }
    return is_seen;
  });
  EXPECT_EQ(count(silent, DeliveryStatus::delivered), 4U) << "and what was under way is waited for";
}

TEST_F(DeliveryLoopTest, G13WhatFailsWaitsForItsTimeAndHoldsOnlyItsArtifactUp) {
  Endpoint endpoint([](std::size_t number) { return number == 0 ? 503 : 204; });
  const auto webhook = given_webhook(endpoint.url());
  given_rows(6, 2);
  make({.concurrency = 1});
  deliver_until([&] { return count(webhook, DeliveryStatus::delivered) == 3; });
  EXPECT_EQ(endpoint.count(), 4U) << "one failed, and three of the other artifact";
  const auto all = of(webhook);
  const auto failed = std::ranges::find(all, 503, [](const auto* one) { return one->last_status; });
  ASSERT_NE(failed, all.end());
  EXPECT_EQ((*failed)->status, DeliveryStatus::pending);
  EXPECT_EQ((*failed)->last_error, "answered 503");
  EXPECT_EQ((*failed)->attempts, 1);
  ASSERT_TRUE((*failed)->next_at.has_value());
  EXPECT_GT(*(*failed)->next_at - (*failed)->created_at, 4s);
  EXPECT_EQ(std::ranges::count_if(all, [](const auto* one) { return one->next_at.has_value(); }), 1)
      << "the next of its artifact waits";
  EXPECT_EQ(webhooks_.webhooks.at(webhook).failing_since, std::nullopt) << "the others were taken";
}

TEST_F(DeliveryLoopTest, WhenItIsDueAgainTheSameMessageIsSent) {
  Endpoint endpoint([](std::size_t number) { return number == 0 ? 500 : 204; });
  const auto webhook = given_webhook(endpoint.url());
  given_rows(2);
  deliver_until([&] {
    for (auto& [id, one] : webhooks_.deliveries) {
      if (one.last_status == 500) one.next_at = clock_.now();  // five seconds later
    }
    return count(webhook, DeliveryStatus::delivered) == 2;
  });
  const auto told = endpoint.told();
  EXPECT_EQ(positions_of(told), (Positions{1, 1, 2}));
  EXPECT_EQ(told[0].headers.at("webhook-id"), told[1].headers.at("webhook-id"));
  EXPECT_EQ(told[0].body, told[1].body);
}

TEST_F(DeliveryLoopTest, AStoreThatIsAwayIsTriedAgainAndNothingIsSentTwice) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  given_rows(8, 4);
  webhooks_.is_away = true;
  webhooks_.refused_settles = 2;
  webhooks_.lost_answers = 1;
  int looks = 0;
  deliver_until([&] {
    if (++looks == 50) webhooks_.is_away = false;
    return count(webhook, DeliveryStatus::delivered) == 8;
  });
  auto positions = positions_of(endpoint.told());
  std::ranges::sort(positions);
  EXPECT_EQ(positions, (Positions{1, 2, 3, 4, 5, 6, 7, 8})) << "each once";
  EXPECT_GT(webhooks_.settled.size(), 8U) << "what was settled without an answer is settled again";
  for (const auto* one : of(webhook)) EXPECT_EQ(one->attempts, 1);
}

// The journal is away when the message is to be rendered: what was claimed waits for it.
TEST_F(DeliveryLoopTest, WhatCannotBeReadNowIsSentLater) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  given_rows(2, 2);
  journal_.is_away = true;
  deliver_until([&] {
    for (auto& [id, one] : webhooks_.deliveries) {
      if (one.claims == 1) journal_.is_away = false;
    }
    return count(webhook, DeliveryStatus::delivered) == 2;
  });
  EXPECT_EQ(endpoint.count(), 2U);
  for (const auto* one : of(webhook)) EXPECT_EQ(one->claims, 1);
}

TEST_F(DeliveryLoopTest, ADisabledOneIsNotTold) {
  Endpoint endpoint;
  Endpoint other;
  const auto off = given_webhook(endpoint.url());
  const auto on = given_webhook(other.url());
  given_rows(10, 5);
  webhooks_.webhooks.at(off).enabled = false;
  deliver_until([&] { return count(on, DeliveryStatus::delivered) == 10; });
  EXPECT_EQ(endpoint.count(), 0U);
  EXPECT_EQ(count(off, DeliveryStatus::pending), 10U) << "and forgets nothing";
  webhooks_.webhooks.at(off).enabled = true;
  deliveries_.reset();
  deliver_until([&] { return count(off, DeliveryStatus::delivered) == 10; });
  EXPECT_EQ(other.count(), 10U);
}

TEST_F(DeliveryLoopTest, G13GoneDisablesIt) {
  Endpoint endpoint([](std::size_t) { return 410; });
  const auto webhook = given_webhook(endpoint.url());
  given_rows(5);
  deliver_until([&] { return !disabled_.empty(); });
  EXPECT_EQ(disabled_, std::vector<std::string>{"hook-0: it answered 410 Gone"});
  EXPECT_FALSE(webhooks_.webhooks.at(webhook).enabled);
  EXPECT_EQ(webhooks_.webhooks.at(webhook).disabled_reason, "it answered 410 Gone");
  EXPECT_EQ(endpoint.count(), 1U);
  EXPECT_NE(metrics_.render().find("xzepr_webhook_disabled_total 1"), std::string::npos);
}

TEST_F(DeliveryLoopTest, G13FiveDaysOfFailuresDisableIt) {
  Endpoint endpoint([](std::size_t) { return 500; });
  Endpoint young([](std::size_t) { return 500; });
  const auto webhook = given_webhook(endpoint.url());
  const auto other = given_webhook(young.url());
  webhooks_.webhooks.at(webhook).failing_since = clock_.now() - 6 * 24h;
  webhooks_.webhooks.at(other).failing_since = clock_.now() - 4 * 24h;
  given_rows(1);
  deliver_until([&] { return !disabled_.empty() && young.count() == 1; });
  EXPECT_EQ(disabled_, std::vector<std::string>{
                           "hook-0: every attempt has failed for 5 days; the last one: answered 500"});
  EXPECT_TRUE(webhooks_.webhooks.at(other).enabled);
}

TEST_F(DeliveryLoopTest, WhatCannotBeRenderedIsGivenUpAndHoldsNothingUp) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  given_rows(3);
  journal_.entries[0] = unrenderable_entry(1, 0);
  deliver_until([&] { return count(webhook, DeliveryStatus::delivered) == 2; });
  const auto& given_up = *of(webhook)[0];
  EXPECT_EQ(given_up.status, DeliveryStatus::failed);
  EXPECT_EQ(given_up.last_error, "an event that it tells of is not stored");
  EXPECT_EQ(positions_of(endpoint.told()), (Positions{2, 3}));
  EXPECT_EQ(webhooks_.webhooks.at(webhook).failing_since, std::nullopt) << "it says nothing of the endpoint";
  EXPECT_NE(metrics_.render().find("xzepr_webhook_given_up_total 1"), std::string::npos);
}

TEST_F(DeliveryLoopTest, ARowThatIsNotKeptIsGivenUp) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  given_rows(2);
  journal_.entries.erase(journal_.entries.begin());
  journal_.newest_removed = 1;
  deliver_until([&] { return count(webhook, DeliveryStatus::delivered) == 1; });
  EXPECT_EQ(of(webhook)[0]->status, DeliveryStatus::failed);
  EXPECT_EQ(of(webhook)[0]->last_error, "its row is not stored any more");
}

TEST_F(DeliveryLoopTest, WithoutItsSecretNothingIsSent) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  webhooks_.webhooks.at(webhook).sealed = "of another key";
  given_rows(1);
  deliver_until([&] { return count(webhook, DeliveryStatus::failed) == 1; });
  EXPECT_EQ(of(webhook)[0]->last_error, "the webhook's secret cannot be read: give it a new one");
  EXPECT_EQ(endpoint.count(), 0U);
}

TEST_F(DeliveryLoopTest, ATestIsSentOnce) {
  Endpoint endpoint([](std::size_t) { return 503; });
  const auto webhook = given_webhook(endpoint.url());
  domain::WebhookDelivery test{.id = domain::DeliveryId{ids_.next(clock_.now())},
                               .webhook_id = webhook,
                               .cause = domain::DeliveryCause::test,
                               .message_id = ids_.next(clock_.now()),
                               .key = "test",
                               .created_at = clock_.now()};
  given_deliveries({test});
  deliver_until([&] { return count(webhook, DeliveryStatus::failed) == 1; });
  ASSERT_EQ(endpoint.count(), 1U);
  const auto told = endpoint.told()[0];
  EXPECT_EQ(told.body, domain::render_test_message(test));
  EXPECT_EQ(told.headers.at("webhook-id"), to_string(test.message_id));
  EXPECT_EQ(webhooks_.webhooks.at(webhook).failing_since, std::nullopt);
}

TEST_F(DeliveryLoopTest, G09DialsNoAddressThatIsRefused) {
  const auto webhook = given_webhook("http://169.254.169.254/latest");
  given_rows(1);
  deliver_until([&] { return !of(webhook)[0]->last_error.empty(); });
  EXPECT_NE(of(webhook)[0]->last_error.find("may not be dialled"), std::string::npos);
  EXPECT_EQ(of(webhook)[0]->status, DeliveryStatus::pending);
}

TEST_F(DeliveryLoopTest, ItWaitsForWhatIsUnderWayAndBeginsNothingMore) {
  Endpoint endpoint;
  endpoint.hold();
  const auto webhook = given_webhook(endpoint.url());
  given_rows(5);
  bool is_stopped = false;
  deliver_until([&] {
    if (endpoint.together == 1 && !std::exchange(is_stopped, true)) {
      deliveries_->stop(Deadline::after(20s));
      endpoint.release();
    }
    return count(webhook, DeliveryStatus::delivered) == 1;
  });
  EXPECT_EQ(count(webhook, DeliveryStatus::delivered), 1U) << "and what came of it is written";
  EXPECT_EQ(endpoint.count(), 1U);
  EXPECT_EQ(count(webhook, DeliveryStatus::pending), 4U);
}

TEST_F(DeliveryLoopTest, ItWaitsNoLongerThanItMay) {
  Endpoint endpoint;
  endpoint.hold();
  const auto webhook = given_webhook(endpoint.url());
  given_rows(1);
  deliver_until([&] { return endpoint.together == 1; }, 30ms);
  EXPECT_EQ(count(webhook, DeliveryStatus::pending), 1U);
  deliveries_.reset();
  endpoint.release();
  sender_.stop();  // what it brings now has nobody to go to
  ASSERT_TRUE(of(webhook)[0]->next_at.has_value());
  EXPECT_GT(*of(webhook)[0]->next_at, clock_.now()) << "it is due again when the claim is over";
}

TEST_F(DeliveryLoopTest, WhatIsDueNowIsHeardFromAnotherThread) {
  Endpoint endpoint;
  const auto webhook = given_webhook(endpoint.url());
  std::thread other;
  deliver_until([&] {
    if (!other.joinable()) {
      given_rows(1);
      other = std::thread([this] { deliveries_->hear_due(); });
    }
    return count(webhook, DeliveryStatus::delivered) == 1;
  });
  other.join();
}

}  // namespace xzepr::journal::webhook

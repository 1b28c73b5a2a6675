#include "journal/webhook/feeder.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "journal/relay_fixture_test.hpp"
#include "store/memory_webhooks_test.hpp"

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;
using Positions = std::vector<std::int64_t>;

class FeederTest : public testing::Test {
 protected:
  domain::WebhookId given_webhook(const std::string& name, std::int64_t from_position,
                                  domain::MessageFilter filter = {}) {
    const domain::Webhook webhook{.id = domain::WebhookId{ids_.next(TimePoint{})},
                                  .name = name,
                                  .filter = std::move(filter),
                                  .from_position = from_position};
    webhooks_.put(webhook, from_position);
    return webhook.id;
  }
  /// As many rows more, of two artifacts in turn.
  void given_rows(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      const auto position = std::ssize(journal_.entries) + 1;
      journal_.entries.push_back(event_entry(position, position % 2));
    }
  }
  [[nodiscard]] Positions fed(domain::WebhookId webhook) const {
    Positions out;
    for (const auto& [id, one] : webhooks_.deliveries) {
      if (one.webhook_id == webhook) out.push_back(one.position);
    }
    std::ranges::sort(out);
    return out;
  }
  /// Runs the feeder until `done`, then stops it and waits for its end.
  template <class Done>
  void feed_until(Done done) {
    tasks_.spawn("feeder", feeder_.run());
    tasks_.spawn("stopper", stop_when(this, done));
    loop_.run();
    EXPECT_TRUE(done()) << "it did not come to pass in time";
  }

  asio::io_context loop_{1};
  SystemClock clock_;
  UlidSource ids_;
  store::MemoryWebhooks webhooks_{clock_};
  store::MemoryJournal journal_{webhooks_};
  telemetry::Log log_{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics_;
  int feeds_ = 0;
  Feeder feeder_{loop_,
                 "a",
                 [this] { ++feeds_; },
                 {.journal = journal_,
                  .sinks = journal_,
                  .webhooks = webhooks_,
                  .clock = clock_,
                  .ids = ids_,
                  .log = log_,
                  .metrics = metrics_}};
  TaskGroup tasks_{loop_.get_executor(),
                   [](std::string_view, const std::exception& what) { ADD_FAILURE() << what.what(); }};

 private:
  template <class Done>
  static Task<> stop_when(FeederTest* self, Done done) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!done() && std::chrono::steady_clock::now() < until) co_await sleep_for(1ms);
    self->feeder_.stop();
  }
};

}  // namespace

TEST_F(FeederTest, StoresWhatEachIsToBeToldAndGivesTheLeaseBack) {
  given_rows(6);
  const auto all = given_webhook("all", 0);
  const auto late = given_webhook("late", 4);
  const auto one_artifact = given_webhook("one", 0, {.artifact = "app@1+*"});
  const auto none = given_webhook("none", 0, {.is_success = false});
  feed_until([this] { return webhooks_.position == 6; });
  EXPECT_EQ(fed(all), (Positions{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(fed(late), (Positions{5, 6})) << "what was there before it is not its";
  EXPECT_EQ(fed(one_artifact), (Positions{1, 3, 5}));
  EXPECT_EQ(fed(none), Positions{});
  EXPECT_EQ(feeds_, 1);
  EXPECT_EQ(journal_.owner, "") << "the lease is given back";
  for (const auto& [id, one] : webhooks_.deliveries) {
    const auto& row = journal_.entries[static_cast<std::size_t>(one.position - 1)].row;
    EXPECT_EQ(one.message_id, row.id);
    EXPECT_EQ(one.key, domain::message_key(row));
    EXPECT_EQ(one.cause, domain::DeliveryCause::message);
  }
  EXPECT_NE(metrics_.render().find("events_journal_pending{sink=\"webhooks\"} 0"), std::string::npos);
}

TEST_F(FeederTest, WhatIsNoMessageIsPassedOver) {
  given_rows(3);
  journal_.entries[1].row.kind = domain::JournalKind::group_deleted;
  const auto webhook = given_webhook("all", 0);
  feed_until([this] { return webhooks_.position == 3; });
  EXPECT_EQ(fed(webhook), (Positions{1, 3}));
}

TEST_F(FeederTest, WithoutWebhooksThePositionFollowsAndNothingIsRead) {
  given_rows(5);
  feed_until([this] { return webhooks_.position == 5; });
  EXPECT_EQ(journal_.reads, 0);
  EXPECT_EQ(feeds_, 0);
}

TEST_F(FeederTest, ADisabledOneIsToldOfNothing) {
  given_rows(3);
  const auto webhook = given_webhook("off", 0);
  webhooks_.webhooks.at(webhook).enabled = false;
  feed_until([this] { return webhooks_.position == 3; });
  EXPECT_EQ(fed(webhook), Positions{});
  EXPECT_EQ(journal_.reads, 0);
}

TEST_F(FeederTest, ItBeginsWhereSomebodyIsToBeTold) {
  given_rows(2'000);
  const auto webhook = given_webhook("late", 1'999);
  feed_until([this] { return webhooks_.position == 2'000; });
  EXPECT_EQ(fed(webhook), Positions{2'000});
  EXPECT_LE(journal_.reads, 3) << "the rows before are not read";
}

// Rows 1 and 2 are read, the webhook is made, row 3 is committed, and then the feeder lists the webhooks.
TEST_F(FeederTest, AWebhookMadeBetweenReadAndListIsToldOfWhatCameAfterIt) {
  given_rows(2);
  const auto first = given_webhook("first", 0);
  std::optional<domain::WebhookId> second;
  journal_.after_read = [&] {
    if (second) return;
    second = given_webhook("second", 2);
    given_rows(1);
  };
  feed_until([this] { return webhooks_.position == 3; });
  EXPECT_EQ(fed(first), (Positions{1, 2, 3}));
  EXPECT_EQ(fed(*second), Positions{3});
}

// The same when there was none before: the newest position is looked up, and then the first is made.
TEST_F(FeederTest, TheFirstWebhookMissesNothing) {
  given_rows(2);
  std::optional<domain::WebhookId> first;
  webhooks_.on_list = [&] {
    if (first) return;
    first = given_webhook("first", 2);
    given_rows(1);
  };
  feed_until([this] { return webhooks_.position == 3; });
  EXPECT_EQ(fed(*first), Positions{3});
}

// Row 1 is read with the webhook there, which is removed or disabled before the next look.
TEST_F(FeederTest, TheLastWebhookMayGo) {
  given_rows(1);
  const auto webhook = given_webhook("first", 0);
  journal_.after_read = [&] { webhooks_.erase(webhook); };
  feed_until([this] { return webhooks_.position == 1; });
  EXPECT_TRUE(webhooks_.deliveries.empty());
  EXPECT_EQ(feeds_, 0);
}

TEST_F(FeederTest, WhoLostItsLeaseStoresNothing) {
  given_rows(3);
  given_webhook("all", 0);
  journal_.after_read = [this] {
    journal_.owner = "b";
    ++webhooks_.epoch;
  };
  feed_until([this] { return journal_.lease_requests == 2; });
  EXPECT_TRUE(webhooks_.deliveries.empty());
  EXPECT_EQ(webhooks_.position, 0);
  EXPECT_EQ(feeds_, 0);
  EXPECT_EQ(journal_.owner, "b") << "and gives back nothing that is another's";
  EXPECT_EQ(journal_.reads, 1);
  EXPECT_NE(metrics_.render().find("xzepr_sink_driving{sink=\"webhooks\"} 0"), std::string::npos);
}

TEST_F(FeederTest, BesideAnotherDriverItWaits) {
  given_rows(3);
  given_webhook("all", 0);
  journal_.owner = "b";
  feed_until([this] {
    if (journal_.lease_requests == 1) journal_.owner.clear();
    return webhooks_.position == 3;
  });
  EXPECT_EQ(journal_.lease_requests, 2);
  EXPECT_EQ(webhooks_.deliveries.size(), 3U);
}

TEST_F(FeederTest, ItGoesOnWhenTheStoreIsBackAndStoresNothingTwice) {
  given_rows(2);
  const auto webhook = given_webhook("all", 0);
  bool was_away = false;
  int looks = 0;
  feed_until([&] {
    if (webhooks_.position == 2 && !std::exchange(was_away, true)) {
      webhooks_.is_away = journal_.is_away = true;
      given_rows(2);
      feeder_.hear_commit();
    }
    if (was_away && ++looks == 20) webhooks_.is_away = journal_.is_away = false;
    return webhooks_.position == 4;
  });
  EXPECT_EQ(fed(webhook), (Positions{1, 2, 3, 4}));
}

TEST_F(FeederTest, ManyWebhooksTakeFewRowsAtATime) {
  for (std::size_t i = 0; i < 50; ++i) given_webhook("hook-" + std::to_string(i), 0);
  given_rows(45);
  std::vector<std::size_t> asked;
  journal_.after_read = [&] { asked.push_back(journal_.rows_max); };
  feed_until([this] { return webhooks_.position == 45; });
  EXPECT_EQ(webhooks_.deliveries.size(), 2'250U);
  ASSERT_GE(asked.size(), 2U);
  EXPECT_EQ(asked[1], 40U) << "2,000 deliveries in a transaction";
}

TEST_F(FeederTest, ACommitFromAnotherThreadWakesIt) {
  given_webhook("all", 0);
  std::thread other;
  feed_until([&] {
    if (journal_.reads > 0 && !other.joinable()) {
      given_rows(1);
      other = std::thread([this] { feeder_.hear_commit(); });
    }
    return webhooks_.position == 1;
  });
  other.join();
  EXPECT_EQ(feeds_, 1);
}

}  // namespace xzepr::journal::webhook

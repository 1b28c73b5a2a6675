// The contract of webhooks and their deliveries.
#pragma once

#include <algorithm>
#include <map>
#include <thread>

#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {

class WebhookContract : public StoreContract {
 protected:
  using Status = domain::DeliveryStatus;
  using Deliveries = std::vector<domain::WebhookDelivery>;
  static constexpr std::chrono::milliseconds hour{3'600'000};
  static constexpr std::chrono::milliseconds at_once{0};

  WebhookStore& webhooks(std::size_t shard = 0) const { return *ports(shard).webhooks; }
  domain::Webhook make_webhook(const std::string& name) {
    return {.id = domain::WebhookId{ids_.next(at(0))},
            .name = name,
            .url = "https://example.com/" + name,
            .description = "tells " + name,
            .filter = {.type = "dev.test",
                       .artifact = "app@*",
                       .group = GroupId{ids_.next(at(0))},
                       .is_success = true},
            .sealed = std::string("\0sealed", 7),
            .owner = domain::subject_of(user_),
            .resource_version = 1,
            .created_at = at(1),
            .updated_at = at(2)};
  }
  domain::Webhook given_webhook(const std::string& name) {
    auto webhook = make_webhook(name);
    apply({PutWebhook{webhook}});
    return webhook;
  }
  domain::WebhookDelivery make_delivery(domain::WebhookId webhook, std::int64_t position,
                                        const std::string& key) {
    domain::JournalRow row{.position = position, .id = ids_.next(at(0))};
    auto made = domain::delivery_of(row, webhook, domain::DeliveryId{ids_.next(at(0))},
                                    domain::DeliveryCause::message, at(3));
    made.key = key;
    return made;
  }
  std::int64_t take_sink() {
    return run(ports().sinks->take_lease({.sink = "webhooks", .owner = "a", .duration = hour}, soon()))
        ->epoch;
  }
  bool feed(std::int64_t epoch, std::int64_t position, Deliveries deliveries) {
    return run(
        webhooks().feed({.sink = "webhooks", .epoch = epoch}, position, std::move(deliveries), soon()));
  }
  Deliveries claim(domain::WebhookId webhook, std::size_t attempts = 10,
                   std::chrono::milliseconds lease = hour) {
    auto claimed = run(webhooks().claim({{.webhook = webhook, .attempts = attempts}}, lease, soon()));
    std::ranges::sort(claimed, {}, &domain::WebhookDelivery::position);
    return claimed;
  }
  static std::vector<std::int64_t> positions(const Deliveries& deliveries) {
    std::vector<std::int64_t> out;
    for (const auto& one : deliveries) out.push_back(one.position);
    return out;
  }
  AttemptOutcome outcome_of(const domain::WebhookDelivery& claimed, Status status,
                            std::chrono::milliseconds next_in = at_once) {
    return {.delivery = claimed.id,
            .webhook = claimed.webhook_id,
            .key = claimed.key,
            .claim = claimed.claims,
            .status = status,
            .next_in = next_in,
            .http_status = status == Status::delivered ? 204 : 503,
            .error = status == Status::delivered ? "" : "answered 503",
            .works = status == Status::delivered,
            .took = std::chrono::milliseconds{7}};
  }
  void settle(std::vector<AttemptOutcome> outcomes) { run(webhooks().settle(std::move(outcomes), soon())); }
  domain::WebhookDelivery stored(domain::DeliveryId id) { return *run(webhooks().find_delivery(id, soon())); }
};

TEST_P(WebhookContract, AWebhookComesBackAsItWasPut) {
  const auto webhook = given_webhook("one");
  EXPECT_EQ(run(webhooks().find_webhook(webhook.id, soon())), webhook);
  EXPECT_EQ(run(webhooks(1).find_webhook_by_name("one", soon()), 1), webhook);
  EXPECT_EQ(run(webhooks().find_webhook_by_name("two", soon())), std::nullopt);
  auto changed = webhook;
  changed.name = "renamed";
  changed.filter = {};
  changed.enabled = false;
  changed.disabled_reason = "it failed";
  changed.failing_since = at(9);
  changed.from_position = 12;
  changed.resource_version = 2;
  apply({PutWebhook{changed}});
  EXPECT_EQ(run(webhooks().find_webhook(webhook.id, soon())), changed);
  const auto second = given_webhook("second");
  EXPECT_EQ(run(webhooks().list_webhooks({}, 10, soon())), (std::vector{second, changed}));
  EXPECT_EQ(run(webhooks().list_webhooks(second.id, 10, soon())), std::vector{changed});
  EXPECT_EQ(run(webhooks().count_webhooks(soon())), 2U);
}

TEST_P(WebhookContract, ANameIsTakenOnceAndFreeAfterwards) {
  const auto first = given_webhook("one");
  CatalogueChange change{.expected_revision = revision(),
                         .writes = {PutWebhook{make_webhook("one")}},
                         .journal = {},
                         .claim = {},
                         .answer = {},
                         .deadline = soon()};
  const auto refused = run(ports().catalogue->apply(std::move(change)));
  ASSERT_TRUE(std::holds_alternative<Error>(refused));
  EXPECT_EQ(std::get<Error>(refused).code, "webhook_exists");
  apply({DeleteWebhook{.id = first.id, .at = at(5)}});
  EXPECT_EQ(run(webhooks().find_webhook(first.id, soon())), std::nullopt);
  EXPECT_EQ(run(webhooks().count_webhooks(soon())), 0U);
  const auto second = given_webhook("one");
  EXPECT_EQ(run(webhooks().find_webhook_by_name("one", soon()))->id, second.id);
}

TEST_P(WebhookContract, ANewWebhookIsToldOfRowsAfterItsMaking) {
  const auto receiver = given_receiver("first");
  must_append_one(make_event(receiver.id, "1.0"));
  auto webhook = make_webhook("one");
  webhook.from_position = -1;
  const auto before = position();
  apply({PutWebhook{webhook}});
  EXPECT_EQ(run(webhooks().find_webhook(webhook.id, soon()))->from_position, before);
}

TEST_P(WebhookContract, FeedingStoresAndMovesOrNeither) {
  const auto webhook = given_webhook("one");
  const auto epoch = take_sink();
  EXPECT_TRUE(feed(epoch, 7, {make_delivery(webhook.id, 5, "a"), make_delivery(webhook.id, 6, "b")}));
  EXPECT_EQ(run(ports().sinks->list_sinks(soon())).at(0).position, 7);
  EXPECT_FALSE(feed(epoch + 1, 9, {make_delivery(webhook.id, 8, "a")})) << "another drives";
  EXPECT_TRUE(feed(epoch, 7, {make_delivery(webhook.id, 5, "a")})) << "again";
  EXPECT_EQ(run(webhooks().count_deliveries({.webhook = webhook.id}, soon())), 2U);
  EXPECT_TRUE(feed(epoch, 8, {})) << "nothing for anybody";
  EXPECT_TRUE(feed(epoch, 9, {make_delivery(domain::WebhookId{ids_.next(at(0))}, 9, "a")})) << "it is gone";
}

TEST_P(WebhookContract, OfOneKeyTheFirstComesFirst) {
  const auto webhook = given_webhook("one");
  const auto epoch = take_sink();
  ASSERT_TRUE(feed(epoch, 2, {make_delivery(webhook.id, 1, "a"), make_delivery(webhook.id, 2, "a")}));
  ASSERT_TRUE(feed(epoch, 4, {make_delivery(webhook.id, 3, "b"), make_delivery(webhook.id, 4, "a")}));
  auto claimed = claim(webhook.id);
  EXPECT_EQ(positions(claimed), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(claimed[0].attempts, 1);
  EXPECT_TRUE(claim(webhook.id).empty()) << "both are under way";
  settle({outcome_of(claimed[0], Status::pending), outcome_of(claimed[1], Status::delivered)});
  claimed = claim(webhook.id);
  ASSERT_EQ(positions(claimed), std::vector<std::int64_t>{1})
      << "it failed, and is tried again before the next";
  EXPECT_EQ(claimed[0].attempts, 2);
  settle({outcome_of(claimed[0], Status::failed)});
  claimed = claim(webhook.id);
  ASSERT_EQ(positions(claimed), std::vector<std::int64_t>{2}) << "what was given up holds nothing up";
  settle({outcome_of(claimed[0], Status::delivered)});
  EXPECT_EQ(positions(claim(webhook.id)), std::vector<std::int64_t>{4});
}

TEST_P(WebhookContract, AnOutcomeIsKept) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 1, {make_delivery(webhook.id, 1, "a")}));
  const auto claimed = claim(webhook.id).at(0);
  settle({outcome_of(claimed, Status::pending, hour)});
  auto now = stored(claimed.id);
  EXPECT_EQ(now.status, Status::pending);
  EXPECT_EQ(now.last_status, 503);
  EXPECT_EQ(now.last_error, "answered 503");
  EXPECT_EQ(now.last_took.count(), 7);
  EXPECT_TRUE(now.next_at.has_value());
  EXPECT_TRUE(claim(webhook.id).empty());
  const auto due = run(webhooks().next_due({}, soon()));
  ASSERT_TRUE(due.has_value());
  EXPECT_GT(*due, hour - std::chrono::minutes{10});
  EXPECT_LE(*due, hour);
  EXPECT_TRUE(run(webhooks().find_webhook(webhook.id, soon()))->failing_since.has_value());
}

TEST_P(WebhookContract, OnlyTheLastAttemptCounts) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 1, {make_delivery(webhook.id, 1, "a")}));
  const auto first = claim(webhook.id, 10, at_once).at(0);
  const auto second = claim(webhook.id).at(0) /* the first is taken for lost */;
  EXPECT_EQ(second.attempts, 2);
  settle({outcome_of(first, Status::failed)});
  EXPECT_EQ(stored(first.id).status, Status::pending);
  EXPECT_EQ(run(webhooks().find_webhook(webhook.id, soon()))->failing_since, std::nullopt);
  settle({outcome_of(second, Status::delivered)});
  settle({outcome_of(second, Status::failed)});
  const auto now = stored(first.id);
  EXPECT_EQ(now.status, Status::delivered);
  EXPECT_TRUE(now.finished_at.has_value());
  EXPECT_EQ(now.last_error, "");
  EXPECT_EQ(run(webhooks().find_webhook(webhook.id, soon()))->failing_since, std::nullopt);
}

TEST_P(WebhookContract, WhatIsGivenBackIsDueAndWasNoAttempt) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 1, {make_delivery(webhook.id, 1, "a")}));
  const auto first = claim(webhook.id).at(0);
  auto back = outcome_of(first, Status::pending);
  back.is_begun = false;
  back.works.reset();
  settle({back});
  const auto due = run(webhooks().next_due({}, soon()));
  ASSERT_TRUE(due.has_value());
  EXPECT_LE(due->count(), 0);
  EXPECT_EQ(run(webhooks().next_due({webhook.id}, soon())), std::nullopt) << "nobody else is to be told";
  const auto second = claim(webhook.id).at(0);
  EXPECT_EQ(second.attempts, 1);
  EXPECT_EQ(second.claims, 2);
}

TEST_P(WebhookContract, RoomBoundsWhatIsClaimed) {
  const auto one = given_webhook("one");
  const auto two = given_webhook("two");
  Deliveries deliveries;
  for (int i = 1; i <= 10; ++i) {
    deliveries.push_back(make_delivery(one.id, i, std::to_string(i)));
    deliveries.push_back(make_delivery(two.id, i, std::to_string(i)));
  }
  ASSERT_TRUE(feed(take_sink(), 10, deliveries));
  EXPECT_EQ(claim(one.id, 3).size(), 3U);
  const auto both = run(webhooks().claim(
      {{.webhook = one.id, .attempts = 2}, {.webhook = two.id, .attempts = 4}}, hour, soon()));
  EXPECT_EQ(std::ranges::count(both, one.id, &domain::WebhookDelivery::webhook_id), 2);
  EXPECT_EQ(std::ranges::count(both, two.id, &domain::WebhookDelivery::webhook_id), 4);
}

TEST_P(WebhookContract, WhoWorksAgainFailsNoMore) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 2, {make_delivery(webhook.id, 1, "a"), make_delivery(webhook.id, 2, "b")}));
  const auto claimed = claim(webhook.id);
  settle({outcome_of(claimed[0], Status::failed)});
  ASSERT_TRUE(run(webhooks().find_webhook(webhook.id, soon()))->failing_since.has_value());
  settle({outcome_of(claimed[1], Status::delivered)});
  EXPECT_EQ(run(webhooks().find_webhook(webhook.id, soon()))->failing_since, std::nullopt);
}

TEST_P(WebhookContract, ADisabledWebhookIsNotToldButForgetsNothing) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 1, {make_delivery(webhook.id, 1, "a")}));
  EXPECT_TRUE(run(webhooks().disable(webhook.id, "it failed for 5 days", soon())));
  EXPECT_FALSE(run(webhooks().disable(webhook.id, "again", soon())));
  const auto now = run(webhooks().find_webhook(webhook.id, soon()));
  EXPECT_FALSE(now->enabled);
  EXPECT_EQ(now->disabled_reason, "it failed for 5 days");
  EXPECT_EQ(now->resource_version, 2);
  EXPECT_TRUE(claim(webhook.id).empty());
  EXPECT_EQ(run(webhooks().next_due({}, soon())), std::nullopt);
  apply({PutWebhook{webhook}});
  EXPECT_EQ(claim(webhook.id).size(), 1U);
}

TEST_P(WebhookContract, AReplayBeginsAgainWhatIsFinishedAndNothingTwice) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 2, {make_delivery(webhook.id, 1, "a"), make_delivery(webhook.id, 2, "b")}));
  const auto claimed = claim(webhook.id);
  settle({outcome_of(claimed[0], Status::delivered)});
  Deliveries again{make_delivery(webhook.id, 1, "a"), make_delivery(webhook.id, 2, "b"),
                   make_delivery(webhook.id, 3, "a")};
  for (auto& one : again) one.cause = domain::DeliveryCause::replay;
  EXPECT_EQ(run(webhooks().replay(again, soon())), 2U) << "2 is under way";
  EXPECT_EQ(run(webhooks().replay(again, soon())), 0U);
  auto due = claim(webhook.id);
  ASSERT_EQ(positions(due), std::vector<std::int64_t>{1}) << "3 has the same key";
  EXPECT_EQ(due[0].id, claimed[0].id);
  EXPECT_EQ(due[0].attempts, 1);
  EXPECT_EQ(due[0].claims, 2);
  EXPECT_EQ(due[0].cause, domain::DeliveryCause::replay);
  EXPECT_EQ(due[0].message_id, claimed[0].message_id);
}

TEST_P(WebhookContract, WhatWasGivenUpCanBeginAgain) {
  const auto webhook = given_webhook("one");
  Deliveries three;
  for (int i = 1; i <= 3; ++i) three.push_back(make_delivery(webhook.id, i, std::to_string(i)));
  ASSERT_TRUE(feed(take_sink(), 3, three));
  for (const auto& one : claim(webhook.id)) settle({outcome_of(one, Status::failed)});
  EXPECT_EQ(run(webhooks().count_deliveries({.webhook = webhook.id, .status = Status::failed}, soon())), 3U);
  EXPECT_EQ(run(webhooks().replay_failed(webhook.id, 2, soon())), 2U);
  EXPECT_EQ(positions(claim(webhook.id)), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(run(webhooks().replay_failed(webhook.id, 2, soon())), 1U);
  EXPECT_EQ(run(webhooks().replay_failed(webhook.id, 2, soon())), 0U);
  EXPECT_EQ(positions(claim(webhook.id)), std::vector<std::int64_t>{3});
}

TEST_P(WebhookContract, DeliveriesAreListedNewestFirst) {
  const auto webhook = given_webhook("one");
  Deliveries three;
  for (int i = 1; i <= 3; ++i) three.push_back(make_delivery(webhook.id, i, std::to_string(i)));
  ASSERT_TRUE(feed(take_sink(), 3, three));
  settle({outcome_of(claim(webhook.id, 1).at(0), Status::delivered)});
  const auto all = run(
      webhooks().list_deliveries({.webhook = webhook.id, .status = {}, .after = {}, .limit = 10}, soon()));
  EXPECT_EQ(positions(all), (std::vector<std::int64_t>{3, 2, 1}));
  EXPECT_EQ(positions(run(webhooks().list_deliveries(
                {.webhook = webhook.id, .status = {}, .after = all[0].id, .limit = 1}, soon()))),
            std::vector<std::int64_t>{2});
  EXPECT_EQ(
      positions(run(webhooks().list_deliveries(
                    {.webhook = webhook.id, .status = Status::pending, .after = {}, .limit = 10}, soon())))
          .size(),
      2U);
  EXPECT_EQ(run(webhooks().find_delivery(domain::DeliveryId{ids_.next(at(0))}, soon())), std::nullopt);
}

TEST_P(WebhookContract, ATestHasNoPositionAndWaitsForNobody) {
  const auto webhook = given_webhook("one");
  ASSERT_TRUE(feed(take_sink(), 1, {make_delivery(webhook.id, 1, "a")}));
  for (int i = 0; i < 2; ++i) {
    auto test = make_delivery(webhook.id, 0, "test" + std::to_string(i));
    test.cause = domain::DeliveryCause::test;
    EXPECT_EQ(run(webhooks().replay({test}, soon())), 1U);
  }
  const auto claimed = claim(webhook.id);
  EXPECT_EQ(positions(claimed), (std::vector<std::int64_t>{0, 0, 1}));
  settle({outcome_of(claimed[0], Status::failed)});
  EXPECT_EQ(run(webhooks().replay_failed(webhook.id, 9, soon())), 0U) << "a test is not replayed";
}

TEST_P(WebhookContract, OldDeliveriesGoAndThoseOfDeletedWebhooks) {
  const auto one = given_webhook("one");
  const auto two = given_webhook("two");
  const auto epoch = take_sink();
  ASSERT_TRUE(
      feed(epoch, 2,
           {make_delivery(one.id, 1, "a"), make_delivery(one.id, 2, "b"), make_delivery(two.id, 1, "a")}));
  settle({outcome_of(claim(one.id, 1).at(0), Status::delivered)});
  const auto past =
      stored(run(webhooks().list_deliveries(
                     {.webhook = one.id, .status = Status::delivered, .after = {}, .limit = 1}, soon()))
                 .at(0)
                 .id);
  EXPECT_EQ(run(webhooks().remove_old_deliveries(*past.finished_at, 10, soon())), 0U);
  EXPECT_EQ(run(webhooks().remove_old_deliveries(*past.finished_at + std::chrono::seconds{1}, 10, soon())),
            1U);
  apply({DeleteWebhook{.id = two.id, .at = at(5)}});
  EXPECT_TRUE(claim(two.id).empty());
  EXPECT_EQ(run(webhooks().remove_old_deliveries(TimePoint{}, 10, soon())), 2U) << "its delivery and itself";
  EXPECT_EQ(run(webhooks().remove_old_deliveries(TimePoint{}, 10, soon())), 0U);
  EXPECT_EQ(run(webhooks().count_deliveries({.webhook = one.id}, soon())), 1U);
}

// Feeding, claiming and settling at once on two shards: of each key one after the other, and none is left.
TEST_P(WebhookContract, ManyAtOnceKeepTheOrderOfEachKey) {
  const auto webhook = given_webhook("one");
  const auto epoch = take_sink();
  constexpr std::int64_t rows = 300;
  constexpr std::int64_t keys = 7;
  std::map<std::string, std::vector<std::int64_t>> seen;
  std::thread feeder([&] {
    for (std::int64_t position = 1; position <= rows; ++position)
      EXPECT_TRUE(run(
          webhooks(1).feed({.sink = "webhooks", .epoch = epoch}, position,
                           {make_delivery(webhook.id, position, std::to_string(position % keys))}, soon()),
          1));
  });
  std::size_t delivered = 0;
  const auto end = Deadline::after(std::chrono::seconds{60});
  while (delivered < rows && !end.has_passed()) {
    std::vector<AttemptOutcome> outcomes;
    for (const auto& one : claim(webhook.id, 5)) {
      seen[one.key].push_back(one.position);
      outcomes.push_back(outcome_of(one, Status::delivered));
    }
    delivered += outcomes.size();
    settle(std::move(outcomes));
  }
  feeder.join();
  EXPECT_EQ(delivered, static_cast<std::size_t>(rows)) << "none waits for a turn that never comes";
  for (const auto& [key, positions] : seen) EXPECT_TRUE(std::ranges::is_sorted(positions)) << key;
}

}  // namespace xzepr::store::contract

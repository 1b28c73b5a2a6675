#include "service/webhook_deliveries.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using domain::DeliveryCause;
using domain::DeliveryStatus;
using Positions = std::vector<std::int64_t>;

class Deliveries : public World {
 protected:
  Deliveries() { given_webhook("deploy"); }

  domain::WebhookId given_webhook(const std::string& name, domain::MessageFilter filter = {}) {
    domain::Webhook webhook{.id = domain::WebhookId{ids.next(at(0))},
                            .name = name,
                            .url = "https://example.com/",
                            .filter = std::move(filter),
                            .owner = domain::subject_of(manager->user_id),
                            .resource_version = 1};
    store.webhooks.put(webhook, 0);
    return webhook.id;
  }
  [[nodiscard]] domain::Webhook& named(const std::string& name) {
    for (auto& [id, webhook] : store.webhooks.webhooks) {
      if (webhook.name == name) return webhook;
    }
    throw std::logic_error("no such webhook");
  }
  /// As many rows more: events of the artifacts app0, app1 and app2 in turn, each passing but of app2.
  void given_rows(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      const auto position = std::ssize(journal.entries) + 1;
      domain::Event event{.id = EventId{ids.next(at(0))}};
      event.artifact = pattern_artifact(position % 3);
      event.success = position % 3 != 2;
      domain::JournalEntry entry;
      entry.row = {.position = position, .id = ids.next(at(0)), .event_id = event.id};
      entry.row.artifact_id = domain::artifact_id(event.artifact);
      entry.events.push_back(std::move(event));
      journal.entries.push_back(std::move(entry));
    }
  }
  static domain::Artifact pattern_artifact(std::int64_t number) {
    return {.name = "app" + std::to_string(number),
            .version = "1.0.0",
            .release = "1",
            .platform_id = "amd64",
            .package = "deb"};
  }
  Result<ReplayProgress> replay(const std::string& name, ReplayRequest request) {
    const Context context = as(manager);
    return run(service.replay(context, name, std::move(request)));
  }
  /// Of all deliveries of the webhook.
  [[nodiscard]] Positions positions_of(const std::string& name) {
    Positions out;
    for (const auto& [id, one] : store.webhooks.deliveries) {
      if (one.webhook_id == named(name).id) out.push_back(one.position);
    }
    std::ranges::sort(out);
    return out;
  }
  /// Each attempt that is due ends so.
  std::size_t settle_due(const std::string& name, DeliveryStatus status) {
    auto claimed = run(store.webhooks.claim({{.webhook = named(name).id, .attempts = 10'000}},
                                            std::chrono::hours{1}, soon()));
    std::vector<store::AttemptOutcome> outcomes;
    for (const auto& one : claimed)
      outcomes.push_back({.delivery = one.id,
                          .webhook = one.webhook_id,
                          .key = one.key,
                          .claim = one.claims,
                          .status = status});
    run(store.webhooks.settle(std::move(outcomes), soon()));
    return claimed.size();
  }
  Result<Page<domain::WebhookDelivery>> list(const Caller& caller, const std::string& name,
                                             PageRequest page = {},
                                             std::optional<DeliveryStatus> status = std::nullopt) {
    const Context context = as(caller);
    return run(service.list(context, name, status, std::move(page)));
  }

  store::MemoryJournal journal{store.webhooks};
  int wakes = 0;
  WebhookDeliveries service{store.webhooks, journal, store, catalogue, cursors, [this] { ++wakes; }, ids};
};

}  // namespace

TEST_F(Deliveries, AreForThoseWhoManageSinks) {
  for (const auto& caller : {viewer, user}) {
    EXPECT_EQ(code_of(list(caller, "deploy")), "permission_denied");
    EXPECT_EQ(code_of(run(service.get(as(caller), "deploy", "x"))), "permission_denied");
    EXPECT_EQ(code_of(run(service.test(as(caller), "deploy"))), "permission_denied");
    EXPECT_EQ(code_of(run(service.replay(as(caller), "deploy", {}))), "permission_denied");
    EXPECT_EQ(code_of(run(service.replay_failed(as(caller), "nobody"))), "permission_denied");
  }
  EXPECT_TRUE(list(other_manager, "deploy").has_value());
  EXPECT_EQ(wakes, 0);
}

TEST_F(Deliveries, WhatIsNotThereIsUnknown) {
  for (const std::string& reference : {std::string("nobody"), to_string(ids.next(at(0)))}) {
    EXPECT_EQ(code_of(list(manager, reference)), "webhook_unknown");
    EXPECT_EQ(code_of(run(service.get(as(manager), reference, "x"))), "webhook_unknown");
    EXPECT_EQ(code_of(run(service.test(as(manager), reference))), "webhook_unknown");
    EXPECT_EQ(code_of(replay(reference, {})), "webhook_unknown");
    EXPECT_EQ(code_of(run(service.replay_failed(as(manager), reference))), "webhook_unknown");
  }
  given_webhook("other");
  const auto of_other = run(service.test(as(manager), "other"));
  ASSERT_TRUE(of_other.has_value());
  for (const std::string& id : {std::string("x"), to_string(ids.next(at(0))), to_string(of_other->id)}) {
    EXPECT_EQ(code_of(run(service.get(as(manager), "deploy", id))), "delivery_unknown") << id;
    EXPECT_EQ(kind_of(run(service.get(as(manager), "deploy", id))), Errc::not_found);
  }
  EXPECT_TRUE(run(service.get(as(manager), "other", to_string(of_other->id))).has_value());
}

TEST_F(Deliveries, ATestIsADeliveryOfItsOwn) {
  const auto first = run(service.test(as(manager), "deploy"));
  const auto second = run(service.test(as(manager), "deploy"));
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(first->cause, DeliveryCause::test);
  EXPECT_EQ(first->position, 0);
  EXPECT_NE(first->message_id, second->message_id);
  EXPECT_NE(first->key, second->key) << "neither waits for the other";
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(settle_due("deploy", DeliveryStatus::delivered), 2U);
  const auto told = run(service.get(as(manager), "deploy", to_string(first->id)));
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->status, DeliveryStatus::delivered);
}

TEST_F(Deliveries, NothingIsSentToADisabledOne) {
  named("deploy").enabled = false;
  given_rows(3);
  EXPECT_EQ(code_of(run(service.test(as(manager), "deploy"))), "webhook_disabled");
  EXPECT_EQ(kind_of(run(service.test(as(manager), "deploy"))), Errc::conflict);
  EXPECT_EQ(code_of(replay("deploy", {})), "webhook_disabled");
  EXPECT_EQ(code_of(run(service.replay_failed(as(manager), "deploy"))), "webhook_disabled");
  EXPECT_TRUE(list(manager, "deploy").has_value()) << "but it can be looked at";
  EXPECT_TRUE(store.webhooks.deliveries.empty());
  EXPECT_EQ(wakes, 0);
}

TEST_F(Deliveries, AReplayTakesTheRowsThatItNames) {
  given_rows(6);
  const auto progress = replay("deploy", {.after = 1, .until = 4});
  ASSERT_TRUE(progress.has_value()) << code_of(progress);
  EXPECT_EQ(progress->queued, 3U);
  EXPECT_EQ(progress->position, 4);
  EXPECT_EQ(progress->until, 4);
  EXPECT_FALSE(progress->has_more);
  EXPECT_EQ(positions_of("deploy"), (Positions{2, 3, 4}));
  EXPECT_EQ(wakes, 1);
  for (const auto& [id, one] : store.webhooks.deliveries) {
    EXPECT_EQ(one.cause, DeliveryCause::replay);
    EXPECT_EQ(one.message_id, journal.entries[static_cast<std::size_t>(one.position - 1)].row.id);
  }
}

TEST_F(Deliveries, WhatIsUnderWayIsNotSentTwice) {
  given_rows(6);
  EXPECT_EQ(replay("deploy", {.after = 0, .until = 3})->queued, 3U);
  EXPECT_EQ(replay("deploy", {})->queued, 3U) << "1 to 3 are under way";
  EXPECT_EQ(replay("deploy", {})->queued, 0U);
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(settle_due("deploy", DeliveryStatus::delivered), 3U) << "one of each artifact";
  EXPECT_EQ(replay("deploy", {})->queued, 3U);
  EXPECT_EQ(store.webhooks.deliveries.size(), 6U);
}

TEST_F(Deliveries, AReplayStaysWithinTheWebhooksOwnFilter) {
  given_rows(9);
  given_webhook("passing", {.is_success = true});
  EXPECT_EQ(replay("passing", {})->queued, 6U);
  EXPECT_EQ(positions_of("passing"), (Positions{1, 3, 4, 6, 7, 9}));
  given_webhook("narrow", {.is_success = true});
  EXPECT_EQ(replay("narrow", {.filter = {.artifact = "app1@*"}})->queued, 3U);
  EXPECT_EQ(positions_of("narrow"), (Positions{1, 4, 7}));
  EXPECT_EQ(replay("narrow", {.filter = {.artifact = "app2@*"}})->queued, 0U) << "they failed";
  EXPECT_EQ(replay("narrow", {.filter = {.is_success = false}})->queued, 0U);
}

TEST_F(Deliveries, WhatIsNoMessageIsNotReplayed) {
  given_rows(3);
  journal.entries[1].row.kind = domain::JournalKind::receiver_deleted;
  EXPECT_EQ(replay("deploy", {})->queued, 2U);
  EXPECT_EQ(positions_of("deploy"), (Positions{1, 3}));
}

TEST_F(Deliveries, AReplayGoesInSteps) {
  given_rows(10'003);
  for (std::size_t i = 9'999; i < 10'003; ++i) journal.entries[i].events.front().artifact.name = "late";
  named("deploy").filter.artifact = "late@*";
  auto progress = replay("deploy", {.after = 1});
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->position, 10'001);
  EXPECT_EQ(progress->until, 10'003);
  EXPECT_TRUE(progress->has_more);
  EXPECT_EQ(progress->queued, 2U);
  given_rows(10);  // is not its
  progress = replay("deploy", {.after = progress->position, .until = progress->until});
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->position, 10'003);
  EXPECT_FALSE(progress->has_more);
  EXPECT_EQ(progress->queued, 2U);
  EXPECT_EQ(positions_of("deploy"), (Positions{10'000, 10'001, 10'002, 10'003}));
}

TEST_F(Deliveries, AReplayEndsWhereTheJournalDoes) {
  auto progress = replay("deploy", {});
  ASSERT_TRUE(progress.has_value());
  EXPECT_FALSE(progress->has_more);
  given_rows(2);
  progress = replay("deploy", {.after = 0, .until = 1'000'000});
  EXPECT_EQ(progress->until, 2);
  EXPECT_EQ(progress->queued, 2U);
  EXPECT_FALSE(progress->has_more);
  progress = replay("deploy", {.after = 7});
  EXPECT_EQ(progress->queued, 0U);
  EXPECT_FALSE(progress->has_more);
}

// Retention has taken the first rows.
TEST_F(Deliveries, AReplayPassesOverWhatIsNotKept) {
  given_rows(6);
  journal.entries.erase(journal.entries.begin(), journal.entries.begin() + 4);
  journal.newest_removed = 4;
  const auto progress = replay("deploy", {});
  EXPECT_EQ(progress->queued, 2U);
  EXPECT_EQ(progress->position, 6);
  const auto gone = replay("deploy", {.after = 0, .until = 3});
  ASSERT_TRUE(gone.has_value());
  EXPECT_EQ(gone->queued, 0U);
  EXPECT_FALSE(gone->has_more);
  journal.entries.clear();
  journal.newest_removed = 6;
  const auto nothing = replay("deploy", {});
  ASSERT_TRUE(nothing.has_value());
  EXPECT_EQ(nothing->position, 6);
  EXPECT_FALSE(nothing->has_more) << "whoever asks again would ask without end";
}

TEST_F(Deliveries, AReplaysFilterIsChecked) {
  given_rows(1);
  const auto refused = replay("deploy", {.filter = {.group = "nothing"}});
  EXPECT_EQ(code_of(refused), "request_invalid");
  EXPECT_EQ(places(refused), std::vector<std::string>{"/group exists"});
  EXPECT_TRUE(store.webhooks.deliveries.empty());
}

TEST_F(Deliveries, WhatWasGivenUpBeginsAgainAThousandAtATime) {
  named("deploy").filter = {};
  given_rows(1'003);
  for (auto& entry : journal.entries)
    entry.row.artifact_id = domain::artifact_id(pattern_artifact(entry.row.position));
  ASSERT_EQ(replay("deploy", {})->queued, 1'003U);
  ASSERT_EQ(settle_due("deploy", DeliveryStatus::failed), 1'003U);
  wakes = 0;
  auto progress = run(service.replay_failed(as(manager), "deploy"));
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->queued, 1'000U);
  EXPECT_TRUE(progress->has_more);
  progress = run(service.replay_failed(as(manager), "deploy"));
  EXPECT_EQ(progress->queued, 3U);
  EXPECT_FALSE(progress->has_more);
  EXPECT_EQ(wakes, 2);
  progress = run(service.replay_failed(as(manager), "deploy"));
  EXPECT_EQ(progress->queued, 0U);
  EXPECT_EQ(wakes, 2) << "nothing is due by it";
}

TEST_F(Deliveries, ComeByPagesNewestFirst) {
  given_rows(3);
  ASSERT_EQ(replay("deploy", {})->queued, 3U);
  settle_due("deploy", DeliveryStatus::failed);
  ASSERT_TRUE(run(service.test(as(manager), "deploy")).has_value());
  const auto first = list(manager, "deploy", {.limit = 2, .wants_total = true});
  ASSERT_TRUE(first.has_value());
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].cause, DeliveryCause::test);
  EXPECT_EQ(first->total, 4U);
  const auto second = list(manager, "deploy", {.limit = 2, .after = first->next});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->items.back().position, 1);
  EXPECT_FALSE(second->next.has_value());
  const auto failed = list(manager, "deploy", {.limit = 2, .wants_total = true}, DeliveryStatus::failed);
  EXPECT_EQ(failed->total, 3U);
  EXPECT_EQ(failed->items[0].position, 3);
  given_webhook("other");
  EXPECT_EQ(code_of(list(manager, "other", {.limit = 2, .after = first->next})), "cursor_invalid");
  EXPECT_EQ(code_of(list(manager, "deploy", {.limit = 2, .after = first->next}, DeliveryStatus::failed)),
            "cursor_invalid");
}

}  // namespace xzepr::service

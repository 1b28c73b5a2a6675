#include "service/event_service.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class Events : public World {
 protected:
  Result<domain::Appended> post(const Caller& caller, NewEvent event,
                                std::optional<Idempotency> idempotency = std::nullopt) {
    const Context context = as(caller);
    return run(events.create(context, std::move(event), std::move(idempotency)));
  }
  Result<Page<domain::Event>> page(const Caller& caller, EventFilter filter = {}, PageRequest request = {}) {
    const Context context = as(caller);
    return run(events.list(context, std::move(filter), std::move(request)));
  }
};

}  // namespace

TEST_F(Events, AnEventIsStoredAndOpensItsGate) {
  given_receiver("scan");
  given_group("gate", {"scan"});
  const auto posted = post(manager, new_event("scan"));
  ASSERT_TRUE(posted.has_value());
  ASSERT_EQ(posted->gates.size(), 1U);
  EXPECT_EQ(posted->gates[0].state, domain::GateState::open);
  EXPECT_EQ(run(events.get(as(manager), posted->id)).value()->event.artifact.name, "app");
}

TEST_F(Events, NothingIsStoredOnARefusal) {
  given_receiver("scan");
  EXPECT_EQ(code_of(post(viewer, new_event("scan"))), "permission_denied");
  EXPECT_EQ(code_of(post(manager, new_event("none"))), "receiver_unknown");
  EXPECT_TRUE(store.events.empty());
}

TEST_F(Events, AReceiverMadeOnAnotherNodeIsFoundBeforeItIsCalledUnknown) {
  auto receiver = given_receiver("scan");
  receiver.id = ReceiverId{ids.next(at(0))};
  receiver.name = "fresh";
  elsewhere([&] { store.receivers[receiver.id] = receiver; });
  EXPECT_TRUE(post(manager, new_event("fresh")).has_value());
}

TEST_F(Events, AreCheckedAgainWhenTheCatalogueMovesOnBetweenCheckAndCommit) {
  auto receiver = given_receiver("scan");
  store.before_write = [&] {
    store.receivers.at(receiver.id).schema = R"({"required":["must"]})";
    store.receivers.at(receiver.id).fingerprint = "new";
    store.bump();
  };
  const auto posted = post(manager, new_event("scan"));
  EXPECT_EQ(code_of(posted), "payload_invalid");
  EXPECT_EQ(store.stale_answers, 1);
  EXPECT_TRUE(store.events.empty());
}

TEST_F(Events, AStaleCatalogueCostsATryNotTheEvent) {
  given_receiver("scan");
  store.before_write = [&] { store.bump(); };
  EXPECT_TRUE(post(manager, new_event("scan")).has_value());
  EXPECT_EQ(store.events.size(), 1U);
  store.is_always_stale = true;
  EXPECT_EQ(code_of(post(manager, new_event("scan"))), "unavailable");
}

// D14.
TEST_F(Events, AKeyRevokedBetweenCheckAndCommitPostsNothing) {
  given_receiver("scan");
  store.before_write = [&] {
    store.keys.at(*manager->api_key_id).revoked_at = at(99);
    store.bump();
  };
  EXPECT_EQ(code_of(post(manager, new_event("scan"))), "credentials_invalid");
  EXPECT_TRUE(store.events.empty());
}

TEST_F(Events, TheSameKeyAndBodyIsAnsweredFromTheFirst) {
  given_receiver("scan");
  const auto first = post(manager, new_event("scan"), key("k"));
  const auto again = post(manager, new_event("scan"), key("k"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->id, first->id);
  EXPECT_TRUE(again->is_replayed);
  EXPECT_EQ(store.events.size(), 1U);
  EXPECT_EQ(code_of(post(manager, new_event("scan"), key("k", "other"))), "idempotency_mismatch");
  EXPECT_NE(post(other_manager, new_event("scan"), key("k"))->id, first->id);
}

TEST_F(Events, AStoredAnswerWinsOverAPresentRefusal) {
  given_receiver("scan");
  const auto first = post(manager, new_event("scan"), key("k"));
  ReceiverUpdate update;
  update.enabled = false;
  ASSERT_TRUE(run(receivers.update(as(manager), "scan", update, std::nullopt)).has_value());
  const auto again = post(manager, new_event("scan"), key("k"));
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->is_replayed);
  EXPECT_EQ(code_of(post(manager, new_event("scan"), key("k", "other"))), "idempotency_mismatch");
  EXPECT_EQ(code_of(post(manager, new_event("scan"), key("unused"))), "receiver_disabled");
}

TEST_F(Events, AllOrNoneWithPointersIntoTheItems) {
  given_receiver("scan");
  std::vector<NewEvent> batch{new_event("scan"), new_event("scan"), new_event("scan")};
  batch[1].name = "";
  batch[2].payload = json_of(R"({"count":1.5})");
  const auto refused = run(events.create_all(as(manager), batch, std::nullopt));
  EXPECT_EQ(code_of(refused), "request_invalid");
  EXPECT_EQ(places(refused), (std::vector<std::string>{"/1/name minLength", "/2/payload/count type"}));
  EXPECT_TRUE(store.events.empty());
  batch[1].name = "b";
  batch[2].payload = json_of("{}");
  const auto accepted = run(events.create_all(as(manager), batch, std::nullopt));
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(accepted->size(), 3U);
  EXPECT_LT((*accepted)[0].position, (*accepted)[2].position);
  EXPECT_EQ(store.units_per_append.back(), 1U);
}

TEST_F(Events, AllOrNoneTellsARefusalOfRightsBeforeFaultsOfInput) {
  given_receiver("scan");
  given_group("gate", {"scan"});
  std::vector<NewEvent> batch{new_event("scan"), new_event("scan")};
  batch[0].name = "";
  ReceiverUpdate update;
  update.enabled = false;
  ASSERT_TRUE(run(receivers.update(as(manager), "scan", update, std::nullopt)).has_value());
  const auto refused = run(events.create_all(as(manager), batch, std::nullopt));
  EXPECT_EQ(code_of(refused), "receiver_disabled");
  EXPECT_TRUE(refused.error().detail.starts_with("item 0: ")) << refused.error().detail;
}

TEST_F(Events, AllOrNoneRefusesKeysOfItemsAndAnEmptyBatch) {
  given_receiver("scan");
  std::vector<NewEvent> batch{new_event("scan")};
  batch[0].idempotency_key = "k";
  const auto refused = run(events.create_all(as(manager), batch, std::nullopt));
  EXPECT_EQ(places(refused), std::vector<std::string>{"/0/idempotency_key atomic"});
  const auto empty = run(events.create_all(as(manager), std::vector<NewEvent>(), std::nullopt));
  EXPECT_EQ(places(empty), std::vector<std::string>{" minItems"});
}

TEST_F(Events, AnotherReceiversEventIsUnknownToWhoMayNotSeeIt) {
  given_receiver("scan");
  given_group("gate", {"scan"});
  const auto posted = given_event(new_event("scan"));
  EXPECT_EQ(code_of(run(events.get(as(stranger), posted.id))), "event_unknown");
  EXPECT_EQ(code_of(run(events.get(as(viewer), EventId{}))), "event_unknown");
  EXPECT_TRUE(run(events.get(as(viewer), posted.id)).has_value());
  EXPECT_TRUE(page(stranger)->items.empty());
  ASSERT_TRUE(run(groups.add_member(as(manager), "gate", "sam")).has_value());
  EXPECT_TRUE(run(events.get(as(stranger), posted.id)).has_value());
  EXPECT_EQ(page(stranger)->items.size(), 1U);
}

TEST_F(Events, PagesMeetWithoutGapsAndCursorsAreBoundToTheQuery) {
  given_receiver("scan");
  for (int i = 0; i < 5; ++i) given_event(new_event("scan"));
  std::vector<EventId> seen;
  PageRequest request{.limit = 2, .after = {}};
  for (;;) {
    const auto part = page(viewer, {}, request);
    ASSERT_TRUE(part.has_value());
    for (const auto& event : part->items) seen.push_back(event.id);
    if (!part->next) break;
    request.after = part->next;
  }
  EXPECT_EQ(seen.size(), 5U);
  EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater<>()));
  EXPECT_EQ(code_of(page(manager, {}, request)), "cursor_invalid");
  EventFilter filter;
  filter.success = true;
  EXPECT_EQ(code_of(page(viewer, filter, request)), "cursor_invalid");
}

TEST_F(Events, FiltersByReceiverAmongThoseVisible) {
  given_receiver("scan", "1.0");
  given_receiver("scan", "2.0");
  given_receiver("build");
  given_event(new_event("scan@1.0"));
  given_event(new_event("scan@2.0"));
  given_event(new_event("build"));
  EventFilter filter;
  filter.receiver = "scan";
  EXPECT_EQ(page(viewer, filter)->items.size(), 2U);
  EXPECT_EQ(code_of(page(stranger, filter)), "receiver_unknown");
  filter.receiver = "none";
  EXPECT_EQ(kind_of(page(viewer, filter)), Errc::invalid);
}

TEST_F(Events, AFilterThatCanNeverMatchIsRefused) {
  EventFilter filter;
  filter.name = std::string("a\0b", 3);
  filter.version = std::string(101, 'v');
  const auto refused = page(viewer, filter);
  EXPECT_EQ(places(refused), (std::vector<std::string>{"/name controlCharacters", "/version maxLength"}));
}

}  // namespace xzepr::service

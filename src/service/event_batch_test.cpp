#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class EventBatch : public World {
 protected:
  std::vector<Result<domain::Appended>> post(const Caller& caller, std::vector<NewEvent> batch) {
    const Context context = as(caller);
    return run(events.create_each(context, std::move(batch), Idempotency{.route = "POST /batch", .key = {}}));
  }
};

}  // namespace

TEST_F(EventBatch, ABadItemNeverFailsTheOthersAndOrderHolds) {
  given_receiver("scan");
  std::vector<NewEvent> batch{new_event("scan"), new_event("none"), new_event("scan"), new_event("scan")};
  batch[3].name = "";
  const auto results = post(manager, batch);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_TRUE(results[0].has_value());
  EXPECT_EQ(code_of(results[1]), "receiver_unknown");
  EXPECT_TRUE(results[2].has_value());
  EXPECT_EQ(places(results[3]), std::vector<std::string>{"/name minLength"});
  EXPECT_LT(results[0]->position, results[2]->position);
  EXPECT_EQ(store.units_per_append, std::vector<std::size_t>{2});
}

TEST_F(EventBatch, ItemsCarryTheirOwnKeys) {
  given_receiver("scan");
  std::vector<NewEvent> batch{new_event("scan"), new_event("scan", "other"), new_event("scan")};
  batch[0].idempotency_key = "a";
  batch[1].idempotency_key = "b";
  batch[2].idempotency_key = "not visible";
  const auto first = post(manager, batch);
  EXPECT_TRUE(first[0].has_value());
  EXPECT_EQ(places(first[2]), std::vector<std::string>{"/idempotency_key pattern"});
  batch[1].success = false;
  const auto again = post(manager, batch);
  EXPECT_EQ(again[0]->id, first[0]->id);
  EXPECT_TRUE(again[0]->is_replayed);
  EXPECT_EQ(code_of(again[1]), "idempotency_mismatch");
  EXPECT_EQ(store.events.size(), 2U);
}

TEST_F(EventBatch, AStoredAnswerWinsOverAPresentRefusal) {
  given_receiver("scan");
  std::vector<NewEvent> batch{new_event("scan"), new_event("scan", "new")};
  batch[0].idempotency_key = "a";
  const auto first = post(manager, std::vector<NewEvent>{batch[0]});
  ReceiverUpdate update;
  update.enabled = false;
  ASSERT_TRUE(run(receivers.update(as(manager), "scan", update, std::nullopt)).has_value());
  const auto again = post(manager, batch);
  ASSERT_TRUE(again[0].has_value());
  EXPECT_EQ(again[0]->id, first[0]->id);
  EXPECT_EQ(code_of(again[1]), "receiver_disabled");
}

TEST_F(EventBatch, NothingIsAppendedOnAnOldCatalogueSoThatItemsKeepTheirOrder) {
  auto receiver = given_receiver("scan");
  receiver.id = ReceiverId{ids.next(at(0))};
  receiver.name = "fresh";
  elsewhere([&] { store.receivers[receiver.id] = receiver; });
  const auto results = post(manager, {new_event("fresh", "first"), new_event("scan", "second")});
  ASSERT_TRUE(results[0].has_value());
  ASSERT_TRUE(results[1].has_value());
  EXPECT_LT(results[0]->position, results[1]->position);
  EXPECT_EQ(store.units_per_append, std::vector<std::size_t>{2});
}

TEST_F(EventBatch, IsCheckedAgainWhenTheCatalogueMovesOn) {
  given_receiver("scan");
  store.before_write = [&] { store.bump(); };
  const auto results = post(manager, {new_event("scan"), new_event("scan")});
  EXPECT_TRUE(results[0].has_value());
  EXPECT_TRUE(results[1].has_value());
  EXPECT_EQ(store.events.size(), 2U);
  store.is_always_stale = true;
  const auto refused = post(manager, {new_event("scan")});
  EXPECT_EQ(code_of(refused[0]), "unavailable");
}

TEST_F(EventBatch, WithoutThePermissionEveryItemIsRefused) {
  given_receiver("scan");
  const auto results = post(viewer, {new_event("scan"), new_event("scan")});
  EXPECT_EQ(code_of(results[0]), "permission_denied");
  EXPECT_EQ(code_of(results[1]), "permission_denied");
}

TEST_F(EventBatch, AThousandItemsAreOneCall) {
  given_receiver("scan");
  const auto results = post(manager, std::vector<NewEvent>(1'000, new_event("scan")));
  EXPECT_TRUE(std::ranges::all_of(results, [](const auto& result) { return result.has_value(); }));
  EXPECT_EQ(store.units_per_append, std::vector<std::size_t>{1'000});
}

}  // namespace xzepr::service

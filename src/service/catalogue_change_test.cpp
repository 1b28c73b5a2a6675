#include "service/catalogue_change.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class CatalogueChangeTest : public World {
 protected:
  Result<Replayed> change(const Caller& caller, const Decide& decide,
                          std::optional<store::IdempotencyClaim> claim = std::nullopt) {
    const ChangePorts ports{store, store, &store, catalogue};
    const ChangeRequest request{identity::Permission::receiver_create, std::move(claim)};
    const Context context = as(caller);
    return run(change_catalogue(context, ports, request, decide));
  }
  Decision put(const std::string& name) {
    domain::Receiver receiver;
    receiver.id = ReceiverId{ids.next(at(0))};
    receiver.name = name;
    receiver.schema = "true";
    Decision decision;
    decision.writes.emplace_back(store::PutReceiver{receiver});
    decision.answer = "\"" + name + "\"";
    return decision;
  }
  store::IdempotencyClaim claim(const std::string& body) {
    return {.key = store::idempotency_key_id(manager->user_id, "r", "k"), .body_hash = crypto::sha256(body)};
  }
};

}  // namespace

TEST_F(CatalogueChangeTest, IsInTheSnapshotWhenItReturns) {
  const auto changed = change(manager, [&](const auto&, const auto&) { return Result<Decision>(put("a")); });
  ASSERT_TRUE(changed.has_value());
  EXPECT_FALSE(changed->has_value());
  EXPECT_NE(catalogue.snapshot()->catalogue->find_receiver("a"), nullptr);
}

TEST_F(CatalogueChangeTest, IsDecidedAgainWhenAnotherNodeCameFirst) {
  int decisions = 0;
  store.before_write = [&] { store.bump(); };
  const auto changed = change(manager, [&](const auto&, const auto&) {
    ++decisions;
    return Result<Decision>(put("a"));
  });
  EXPECT_TRUE(changed.has_value());
  EXPECT_EQ(decisions, 2);
  EXPECT_EQ(store.receivers.size(), 1U);
}

TEST_F(CatalogueChangeTest, GivesUpWhenTheStoreIsNeverAtRest) {
  store.is_always_stale = true;
  const auto changed = change(manager, [&](const auto&, const auto&) { return Result<Decision>(put("a")); });
  EXPECT_EQ(code_of(changed), "unavailable");
  EXPECT_EQ(store.stale_answers, change_attempts_max);
  EXPECT_GT(changed.error().retry_after.count(), 0);
}

TEST_F(CatalogueChangeTest, NothingToDoWritesNothing) {
  const auto changed = change(manager, [](const auto&, const auto&) { return Result<Decision>(Decision{}); });
  EXPECT_TRUE(changed.has_value());
  EXPECT_EQ(store.catalogue_revision, 1);
}

TEST_F(CatalogueChangeTest, AStoredAnswerWinsOverAPresentRefusal) {
  ASSERT_TRUE(
      change(manager, [&](const auto&, const auto&) { return Result<Decision>(put("a")); }, claim("body")));
  const Decide refuse = [](const auto&, const auto&) -> Result<Decision> {
    return not_found("group_unknown", "no");
  };
  const auto again = change(manager, refuse, claim("body"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->value_or("?"), "\"a\"");
  EXPECT_EQ(code_of(change(manager, refuse, claim("other"))), "idempotency_mismatch");
  EXPECT_EQ(code_of(change(manager, refuse)), "group_unknown");
}

TEST_F(CatalogueChangeTest, NothingToDoClaimsItsKeyAllTheSame) {
  const Decide nothing = [](const auto&, const auto&) { return Result<Decision>(Decision{}); };
  ASSERT_TRUE(change(manager, nothing, claim("body")).has_value());
  EXPECT_TRUE(change(manager, nothing, claim("body"))->has_value());
  EXPECT_EQ(code_of(change(manager, nothing, claim("other"))), "idempotency_mismatch");
}

// D14.
TEST_F(CatalogueChangeTest, ARoleTakenAwayMeanwhileCounts) {
  store.before_write = [&] {
    store.users.at(manager->user_id).roles = {};
    store.bump();
  };
  const auto changed = change(manager, [&](const auto&, const auto&) { return Result<Decision>(put("a")); });
  EXPECT_EQ(code_of(changed), "permission_denied");
  EXPECT_TRUE(store.receivers.empty());
}

}  // namespace xzepr::service

#include "service/receiver_service.hpp"

#include "base/limits.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using Versions = std::vector<std::int64_t>;

class Receivers : public World {
 protected:
  Result<ReceiverCreated> create(const Caller& caller, NewReceiver receiver,
                                 std::optional<Idempotency> idempotency = std::nullopt) {
    const Context context = as(caller);
    return run(receivers.create(context, std::move(receiver), std::move(idempotency)));
  }
  Result<domain::Receiver> update(const Caller& caller, const std::string& reference, ReceiverUpdate change,
                                  IfMatch if_match = std::nullopt) {
    const Context context = as(caller, at(200));
    return run(receivers.update(context, reference, std::move(change), if_match));
  }
  Result<std::int64_t> remove(const Caller& caller, const std::string& reference) {
    const Context context = as(caller);
    return run(receivers.remove(context, reference, std::nullopt));
  }
  Result<Page<domain::Receiver>> page(const Caller& caller, ReceiverFilter filter = {},
                                      PageRequest request = {}) {
    const Context context = as(caller);
    return run(receivers.list(context, std::move(filter), std::move(request)));
  }
};

}  // namespace

TEST_F(Receivers, BelongToTheirMakerAndAreJournalled) {
  const auto receiver = given_receiver("scan");
  EXPECT_EQ(receiver.owner, domain::subject_of(manager->user_id));
  EXPECT_EQ(receiver.resource_version, 1);
  ASSERT_EQ(store.journal.size(), 1U);
  EXPECT_EQ(store.journal[0].kind, domain::JournalKind::receiver_created);
  EXPECT_EQ(store.journal[0].cause, domain::JournalCause::request);
  EXPECT_EQ(store.journal[0].receiver_id, receiver.id);
  EXPECT_EQ(store.journal[0].receiver_version, 1);
}

TEST_F(Receivers, TheIdenticalOneAgainIsUnchangedAndOtherContentAConflict) {
  const auto first = given_receiver("scan");
  const auto again = create(other_manager, new_receiver("scan"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->change, Change::unchanged);
  EXPECT_EQ(again->receiver.id, first.id);
  EXPECT_EQ(store.journal.size(), 1U);
  NewReceiver other = new_receiver("scan");
  other.description = "other";
  EXPECT_EQ(code_of(create(manager, other)), "receiver_exists");
  EXPECT_EQ(kind_of(create(manager, other)), Errc::conflict);
}

// G28.
TEST_F(Receivers, OneOwnerHasSoManyAndNoMore) {
  given_copies(given_receiver("scan"), limits::receivers_per_owner_max - 2);
  store.before_write = [&] { given_receiver("of-another-node"); };
  EXPECT_EQ(code_of(create(manager, new_receiver("more"))), "receivers_too_many")
      << "the last place is given once";
  EXPECT_EQ(kind_of(create(manager, new_receiver("more"))), Errc::conflict);
  EXPECT_EQ(create(manager, new_receiver("scan"))->change, Change::unchanged);
  EXPECT_TRUE(create(other_manager, new_receiver("more")).has_value()) << "it is another's place";
  ASSERT_TRUE(remove(manager, "scan-7").has_value());
  EXPECT_TRUE(create(manager, new_receiver("and-more")).has_value());
}

TEST_F(Receivers, TwoNodesMakingTheSameOneAtOnceMakeOne) {
  store.before_write = [&] { given_receiver("scan"); };
  const auto made = create(manager, new_receiver("scan"));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->change, Change::unchanged);
  EXPECT_EQ(store.receivers.size(), 1U);
}

TEST_F(Receivers, AKeyRepeatsTheFirstAnswer) {
  const auto first = create(manager, new_receiver("scan"), key("k"));
  EXPECT_EQ(first->change, Change::created);
  const auto again = create(manager, new_receiver("scan"), key("k"));
  EXPECT_EQ(again->change, Change::replayed);
  EXPECT_EQ(again->first, Change::created);
  EXPECT_EQ(again->receiver.id, first->receiver.id);
  EXPECT_EQ(again->receiver.name, "scan");
  EXPECT_EQ(code_of(create(manager, new_receiver("other"), key("k", "other"))), "idempotency_mismatch");
  ASSERT_TRUE(remove(manager, "scan").has_value());
  const auto after_removal = create(manager, new_receiver("scan"), key("k"));
  EXPECT_EQ(after_removal->change, Change::replayed);
  EXPECT_EQ(after_removal->receiver.id, first->receiver.id);
}

TEST_F(Receivers, NeedPermissionAndOwnershipToChange) {
  given_receiver("scan");
  ReceiverUpdate change;
  change.description = "new";
  EXPECT_EQ(code_of(create(viewer, new_receiver("x"))), "permission_denied");
  EXPECT_EQ(code_of(update(viewer, "scan", change)), "permission_denied");
  EXPECT_EQ(code_of(update(other_manager, "scan", change)), "not_owner");
  EXPECT_EQ(kind_of(update(other_manager, "scan", change)), Errc::forbidden);
  EXPECT_EQ(code_of(remove(other_manager, "scan")), "not_owner");
  EXPECT_TRUE(update(admin, "scan", change).has_value());
}

TEST_F(Receivers, AnUpdateRaisesTheVersionOnlyWhenSomethingChanged) {
  const auto receiver = given_receiver("scan");
  ReceiverUpdate change;
  change.description = "new";
  const auto updated = update(manager, "scan", change, Versions{1});
  ASSERT_TRUE(updated.has_value());
  EXPECT_EQ(updated->resource_version, 2);
  EXPECT_EQ(updated->updated_at, at(200));
  EXPECT_NE(updated->fingerprint, receiver.fingerprint);
  EXPECT_EQ(store.journal.back().kind, domain::JournalKind::receiver_modified);
  EXPECT_EQ(store.journal.back().receiver_version, 2);
  EXPECT_EQ(update(manager, "scan", change)->resource_version, 2);
  EXPECT_EQ(store.journal.size(), 2U);
  EXPECT_EQ(code_of(update(manager, "scan", change, Versions{1})), "precondition_failed");
}

TEST_F(Receivers, ASchemaThatCannotBeCompiledChangesNothing) {
  given_receiver("scan");
  ReceiverUpdate change;
  change.schema = json_of(R"j({"pattern":"("})j");
  EXPECT_EQ(code_of(update(manager, "scan", change)), "schema_invalid");
  EXPECT_EQ(store.receivers.begin()->second.resource_version, 1);
}

TEST_F(Receivers, InUseCannotBeDeleted) {
  given_receiver("scan");
  given_receiver("build");
  given_receiver("free");
  given_group("gate", {"scan"});
  given_event(new_event("build"));
  EXPECT_EQ(code_of(remove(manager, "scan")), "receiver_in_use");
  EXPECT_EQ(code_of(remove(manager, "build")), "receiver_in_use");
  EXPECT_TRUE(remove(manager, "free").has_value());
  EXPECT_EQ(code_of(remove(manager, "free")), "receiver_unknown");
  EXPECT_EQ(store.journal.back().kind, domain::JournalKind::receiver_deleted);
}

TEST_F(Receivers, NotVisibleIsUnknown) {
  const auto receiver = given_receiver("scan");
  const auto hidden = run(receivers.get(as(stranger), to_string(receiver.id)));
  EXPECT_EQ(code_of(hidden), "receiver_unknown");
  EXPECT_EQ(kind_of(hidden), Errc::not_found);
  EXPECT_TRUE(page(stranger)->items.empty());
  EXPECT_EQ(run(receivers.get(as(viewer), "scan@1.0"))->id, receiver.id);
}

TEST_F(Receivers, ReadsSeeWhatAnotherNodeJustChanged) {
  auto receiver = given_receiver("scan");
  elsewhere([&] { store.receivers.at(receiver.id).description = "fresh"; });
  EXPECT_EQ(run(receivers.get(as(viewer), "scan"))->description, "fresh");
}

TEST_F(Receivers, AreListedByIdWithFilters) {
  for (const auto* name : {"sast-scan", "dast-scan", "build"}) given_receiver(name);
  ReceiverUpdate change;
  change.enabled = false;
  ASSERT_TRUE(update(manager, "build", change).has_value());
  ReceiverFilter filter;
  filter.q = "SCAN das";
  EXPECT_EQ(page(viewer, filter)->items.size(), 1U);
  filter = {};
  filter.enabled = false;
  EXPECT_EQ(page(viewer, filter)->items.size(), 1U);
  filter = {};
  filter.name = "build";
  filter.owner = to_string(manager->user_id);
  EXPECT_EQ(page(viewer, filter)->items.size(), 1U);
  filter.owner = "role:none";
  EXPECT_TRUE(page(viewer, filter)->items.empty());
  const auto first = page(viewer, {}, {.limit = 2, .after = {}});
  ASSERT_TRUE(first->next.has_value());
  const auto second = page(viewer, {}, {.limit = 2, .after = first->next});
  EXPECT_EQ(second->items.size(), 1U);
  EXPECT_LT(first->items[1].id, second->items[0].id);
  EXPECT_FALSE(second->next.has_value());
}

TEST_F(Receivers, ValidateAPayloadAndStoreNothing) {
  given_receiver("scan");
  const auto bad = run(receivers.validate(as(viewer), "scan", json_of(R"({"count":"x"})")));
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(places(*bad), std::vector<std::string>{"/payload/count type"});
  EXPECT_TRUE(run(receivers.validate(as(viewer), "scan", json_of("{}")))->empty());
  EXPECT_EQ(code_of(run(receivers.validate(as(viewer), "none", json_of("{}")))), "receiver_unknown");
  EXPECT_TRUE(store.events.empty());
}

}  // namespace xzepr::service

#include "service/group_service.hpp"

#include "base/limits.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using Versions = std::vector<std::int64_t>;

class Groups : public World {
 protected:
  Groups() {
    given_receiver("a");
    given_receiver("b");
  }
  Result<GroupCreated> create(const Caller& caller, NewGroup group,
                              std::optional<Idempotency> idempotency = std::nullopt) {
    const Context context = as(caller);
    return run(groups.create(context, std::move(group), std::move(idempotency)));
  }
  Result<domain::Group> update(const Caller& caller, GroupUpdate change, IfMatch if_match = std::nullopt) {
    const Context context = as(caller, at(200));
    return run(groups.update(context, "gate", std::move(change), if_match));
  }
  Result<Change> add(const Caller& caller, const std::string& member) {
    const Context context = as(caller);
    const auto added = run(groups.add_member(context, "gate", member));
    if (!added) return std::unexpected(added.error());
    return added->change;
  }
  Result<void> drop(const Caller& caller, const std::string& member) {
    const Context context = as(caller);
    const auto removed = run(groups.remove_member(context, "gate", member));
    if (!removed) return std::unexpected(removed.error());
    return {};
  }
};

}  // namespace

TEST_F(Groups, BelongToTheirMakerCarryTheRevisionAndAreJournalled) {
  const auto group = given_group("gate", {"a", "b"});
  EXPECT_EQ(group.owner, domain::subject_of(manager->user_id));
  EXPECT_EQ(group.gate_revision, store.catalogue_revision);
  EXPECT_EQ(store.journal.back().kind, domain::JournalKind::group_created);
  EXPECT_EQ(store.journal.back().group_id, group.id);
  EXPECT_EQ(store.journal.back().group_version, 1);
}

TEST_F(Groups, TheIdenticalOneAgainIsUnchangedAndOtherContentAConflict) {
  const auto first = given_group("gate", {"a", "b"});
  const auto again = create(other_manager, new_group("gate", {"b", "a"}));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->change, Change::unchanged);
  EXPECT_EQ(again->group.id, first.id);
  EXPECT_EQ(code_of(create(manager, new_group("gate", {"a"}))), "group_exists");
}

// G28.
TEST_F(Groups, OneOwnerHasSoManyAndNoMore) {
  auto disabled = given_group("gate", {"a"});
  disabled.enabled = false;
  given_copies(disabled, limits::groups_per_owner_max - 2);
  EXPECT_TRUE(create(manager, new_group("last", {"b"})).has_value());
  EXPECT_EQ(code_of(create(manager, new_group("more", {"b"}))), "groups_too_many");
  EXPECT_EQ(kind_of(create(manager, new_group("more", {"b"}))), Errc::conflict);
  EXPECT_EQ(create(manager, new_group("last", {"b"}))->change, Change::unchanged);
  EXPECT_TRUE(create(other_manager, new_group("more", {"b"})).has_value()) << "it is another's place";
}

TEST_F(Groups, AKeyRepeatsTheFirstAnswer) {
  const auto first = create(manager, new_group("gate", {"a"}), key("k"));
  const auto again = create(manager, new_group("gate", {"a"}), key("k"));
  EXPECT_EQ(again->change, Change::replayed);
  EXPECT_EQ(again->group.id, first->group.id);
  EXPECT_EQ(code_of(create(manager, new_group("gate", {"a"}), key("k", "x"))), "idempotency_mismatch");
}

TEST_F(Groups, AReceiverMadeOnAnotherNodeIsFoundBeforeItIsCalledUnknown) {
  auto receiver = store.receivers.begin()->second;
  receiver.id = ReceiverId{ids.next(at(0))};
  receiver.name = "fresh";
  elsewhere([&] { store.receivers[receiver.id] = receiver; });
  EXPECT_TRUE(create(manager, new_group("gate", {"fresh"})).has_value());
}

TEST_F(Groups, OnlyAChangeOfReceiversOrEnabledMovesTheGateRevision) {
  const auto group = given_group("gate", {"a", "b"});
  GroupUpdate change;
  change.description = "new";
  const auto described = update(manager, change);
  EXPECT_EQ(described->gate_revision, group.gate_revision);
  EXPECT_EQ(described->resource_version, 2);
  change = {};
  change.receivers = std::vector<std::string>{"b", "a"};
  const auto reordered = update(manager, change);
  EXPECT_EQ(reordered->gate_revision, group.gate_revision);
  change.receivers = std::vector<std::string>{"a"};
  const auto smaller = update(manager, change);
  EXPECT_EQ(smaller->gate_revision, store.catalogue_revision);
  change = {};
  change.enabled = false;
  const auto disabled = update(manager, change, Versions{1, smaller->resource_version});
  EXPECT_EQ(disabled->gate_revision, store.catalogue_revision);
  EXPECT_EQ(disabled->updated_at, at(200));
  EXPECT_EQ(update(manager, change)->resource_version, disabled->resource_version);
  EXPECT_EQ(code_of(update(manager, change, Versions{1})), "precondition_failed");
}

TEST_F(Groups, NameTypeAndVersionAreFixed) {
  given_group("gate", {"a"});
  GroupUpdate change;
  change.name = "gate";
  change.version = "9";
  EXPECT_EQ(places(update(manager, change)), std::vector<std::string>{"/version fixed"});
}

TEST_F(Groups, NeedPermissionAndOwnershipToChange) {
  given_group("gate", {"a"});
  GroupUpdate change;
  change.enabled = false;
  EXPECT_EQ(code_of(create(user, new_group("x", {"a"}))), "permission_denied");
  EXPECT_EQ(code_of(update(viewer, change)), "permission_denied");
  EXPECT_EQ(code_of(update(other_manager, change)), "not_owner");
  EXPECT_EQ(code_of(add(other_manager, "ute")), "not_owner");
  EXPECT_EQ(code_of(run(groups.remove(as(other_manager), "gate", std::nullopt))), "not_owner");
  EXPECT_TRUE(update(admin, change).has_value());
  EXPECT_TRUE(run(groups.remove(as(manager), "gate", std::nullopt)).has_value());
  EXPECT_EQ(code_of(run(groups.get(as(manager), "gate"))), "group_unknown");
  EXPECT_EQ(store.journal.back().kind, domain::JournalKind::group_deleted);
}

TEST_F(Groups, AMemberSeesTheGroupAndMayNotChangeIt) {
  const auto group = given_group("gate", {"a"});
  EXPECT_EQ(code_of(run(groups.get(as(user), "gate"))), "group_unknown");
  EXPECT_EQ(*add(manager, "ute"), Change::created);
  EXPECT_EQ(*add(manager, to_string(user->user_id)), Change::unchanged);
  EXPECT_EQ(run(groups.get(as(user), "gate"))->id, group.id);
  EXPECT_EQ(run(groups.list(as(user), GroupFilter{}, PageRequest{}))->items.size(), 1U);
  EXPECT_TRUE(run(groups.list(as(stranger), GroupFilter{}, PageRequest{}))->items.empty());
  EXPECT_EQ(code_of(add(user, "sam")), "permission_denied");
}

TEST_F(Groups, AMemberIsAUserOrARole) {
  given_group("gate", {"a"});
  EXPECT_EQ(*add(manager, "role:testers"), Change::created);
  EXPECT_EQ(code_of(add(manager, "nobody")), "user_unknown");
  EXPECT_EQ(code_of(add(manager, to_string(ids.next(at(0))))), "user_unknown");
  EXPECT_EQ(code_of(add(manager, "role:no good")), "field_invalid");
  EXPECT_TRUE(drop(manager, "role:testers").has_value());
  EXPECT_EQ(code_of(drop(manager, "role:testers")), "member_unknown");
  EXPECT_EQ(kind_of(drop(manager, "nobody")), Errc::not_found);
}

TEST_F(Groups, AMemberWhoseUserIsGoneCanStillBeRemoved) {
  given_group("gate", {"a"});
  ASSERT_TRUE(add(manager, "ute").has_value());
  store.users.erase(user->user_id);
  EXPECT_TRUE(drop(manager, to_string(user->user_id)).has_value());
  EXPECT_TRUE(store.groups.begin()->second.members.empty());
}

TEST_F(Groups, AreListedWithFilters) {
  given_group("release-gate", {"a"});
  given_group("nightly", {"b"});
  GroupFilter filter;
  filter.q = "rel";
  EXPECT_EQ(run(groups.list(as(viewer), filter, PageRequest{}))->items.size(), 1U);
  filter = {};
  filter.type = "dev.test.gate";
  EXPECT_EQ(run(groups.list(as(viewer), filter, PageRequest{}))->items.size(), 2U);
  filter.enabled = false;
  EXPECT_TRUE(run(groups.list(as(viewer), filter, PageRequest{}))->items.empty());
}

}  // namespace xzepr::service

#include "service/apply_plan.hpp"

#include "base/limits.hpp"
#include "json/write.hpp"
#include "service/refusals.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class ApplyPlan : public World {
 protected:
  Result<Plan> plan(const Caller& caller, std::vector<Document> documents,
                    const PruneFacts* prune = nullptr) {
    run(catalogue.refresh(store, soon()));
    std::vector<CheckedDocument> checked;
    for (auto& document : documents) checked.push_back(check_document(std::move(document), as(caller), ids));
    refuse_repeated(checked);
    snapshot_ = catalogue.snapshot();
    const PlanInput input{.catalogue = *snapshot_->catalogue,
                          .caller = *caller,
                          .documents = checked,
                          .members = members_,
                          .prune = prune,
                          .now = at(500),
                          .show = ShowDocuments::yes};
    return plan_documents(input, ids);
  }
  static Document receiver(const std::string& name, const std::string& description = {}) {
    auto content = new_receiver(name);
    content.description = description;
    return {.name = name, .content = std::move(content)};
  }
  static Document group(const std::string& name, std::vector<std::string> receivers,
                        std::vector<std::string> members = {}) {
    return {.name = name,
            .content = GroupDocument{.content = new_group(name, std::move(receivers)),
                                     .members = std::move(members)}};
  }
  /// "created group g" of each object.
  static std::vector<std::string> words(const Result<Plan>& plan) {
    if (!plan) return {std::string(plan.error().code)};
    std::vector<std::string> out;
    for (const auto& object : plan->objects)
      out.push_back(std::string(to_string(object.change)) + " " + std::string(to_string(object.kind)) + " " +
                    object.name);
    return out;
  }
  using Words = std::vector<std::string>;

  KnownMembers members_;
  Snapshot snapshot_;
};

}  // namespace

TEST_F(ApplyPlan, MakesReceiversAndTheGatesOverThemInAnyOrder) {
  const auto made = plan(manager, {group("g", {"a", "b@1.0"}), receiver("a"), receiver("b")});
  EXPECT_EQ(words(made), (Words{"created group g", "created receiver a", "created receiver b"}));
  ASSERT_EQ(made->decision.writes.size(), 3U);
  const auto& put = std::get<store::PutGroup>(made->decision.writes[2]).group;
  EXPECT_EQ(put.receiver_ids,
            (std::vector{ReceiverId{made->objects[1].id}, ReceiverId{made->objects[2].id}}));
  EXPECT_EQ(put.gate_revision, -1);
  EXPECT_EQ(made->decision.journal.size(), 3U);
}

TEST_F(ApplyPlan, WhatIsThereAlreadyWritesNothing) {
  given_receiver("a");
  given_group("g", {"a"});
  const auto same = plan(manager, {receiver("a"), group("g", {"a"})});
  EXPECT_EQ(words(same), (Words{"unchanged receiver a", "unchanged group g"}));
  EXPECT_TRUE(same->decision.writes.empty());
}

TEST_F(ApplyPlan, ChangesSayWhichFieldsDiffer) {
  given_receiver("a");
  given_receiver("b");
  const auto gate = given_group("g", {"a"});
  members_.emplace("ute", domain::subject_of(user->user_id));
  const auto changed = plan(manager, {receiver("a", "new"), group("g", {"b"}, {"ute"})});
  EXPECT_EQ(words(changed), (Words{"changed receiver a", "changed group g"}));
  EXPECT_EQ(changed->objects[0].fields, Words{"description"});
  EXPECT_EQ(changed->objects[1].fields, (Words{"receivers", "members"}));
  EXPECT_EQ(json::write(changed->objects[1].before->at("receivers")), R"(["a@1.0"])");
  EXPECT_EQ(json::write(changed->objects[1].after->at("receivers")), R"(["b@1.0"])");
  const auto& put = std::get<store::PutGroup>(changed->decision.writes[1]).group;
  EXPECT_EQ(put.id, gate.id);
  EXPECT_EQ(put.resource_version, 2);
  EXPECT_EQ(put.gate_revision, -1);
}

TEST_F(ApplyPlan, AChangeOfWordsAloneLeavesTheGatesRevision) {
  given_receiver("a");
  const auto gate = given_group("g", {"a"});
  auto document = group("g", {"a"});
  std::get<GroupDocument>(*document.content).content.description = "new";
  const auto changed = plan(manager, {document});
  EXPECT_EQ(std::get<store::PutGroup>(changed->decision.writes[0]).group.gate_revision, gate.gate_revision);
}

TEST_F(ApplyPlan, EachObjectDemandsWhatItsRouteDemands) {
  given_receiver("a");
  EXPECT_EQ(words(plan(viewer, {receiver("a")})), Words{"unchanged receiver a"});
  EXPECT_EQ(code_of(plan(viewer, {receiver("a"), receiver("b")})), "permission_denied");
  EXPECT_EQ(code_of(plan(viewer, {receiver("a", "new")})), "permission_denied");
  const auto foreign = plan(other_manager, {receiver("b"), receiver("a", "new")});
  EXPECT_EQ(code_of(foreign), "not_owner");
  EXPECT_EQ(places(foreign), Words{"/documents/1 not_owner"});
  EXPECT_EQ(words(plan(admin, {receiver("a", "new")})), Words{"changed receiver a"});
}

TEST_F(ApplyPlan, TellsAllFaultsOfAllDocumentsAtOnce) {
  auto broken = receiver("broken");
  std::get<NewReceiver>(*broken.content).schema = json_of(R"({"type":"nothing"})");
  members_.emplace("nobody", std::unexpected(not_owner("user", "nobody")));
  const auto faults = plan(manager, {broken, group("g", {"broken", "absent", "broken@1.0"}), receiver("x"),
                                     receiver("x"), group("h", {"x"}, {"nobody"})});
  EXPECT_EQ(code_of(faults), "request_invalid");
  EXPECT_EQ(places(faults), (Words{"/documents/0/schema/type type", "/documents/3/name unique",
                                   "/documents/1/receivers/1 exists", "/documents/4/members/0 exists"}));
}

TEST_F(ApplyPlan, AMemberMayHaveOutlivedItsUser) {
  given_receiver("a");
  const auto gate = given_group("g", {"a"});
  const std::string gone = "01J00000000000000000000000";
  elsewhere([&] { store.groups[gate.id].members = {{gone}}; });
  members_.emplace(gone, std::unexpected(not_owner("user", gone)));
  EXPECT_EQ(words(plan(manager, {group("g", {"a"}, {gone})})), Words{"unchanged group g"});
  EXPECT_EQ(code_of(plan(manager, {group("h", {"a"}, {gone})})), "not_owner");
}

// G28.
TEST_F(ApplyPlan, ASetTakesNoMorePlacesThanItsOwnerHas) {
  given_copies(given_receiver("a"), limits::receivers_per_owner_max - 2);
  EXPECT_TRUE(plan(manager, {receiver("x"), receiver("a", "new")}));
  const auto over = plan(manager, {receiver("x"), receiver("a", "new"), receiver("y")});
  EXPECT_EQ(code_of(over), "receivers_too_many");
  EXPECT_EQ(places(over), Words{"/documents/2 receivers_too_many"});
  EXPECT_TRUE(plan(other_manager, {receiver("x"), receiver("y")}));
}

// G28.
TEST_F(ApplyPlan, WhatIsPrunedMakesRoom) {
  const auto used = given_receiver("a");
  auto gate = given_group("g", {"a"});
  gate.enabled = false;
  given_copies(gate, limits::groups_per_owner_max - 2);
  const std::vector documents = {receiver("a"), group("h", {"a"}), group("i", {"a"})};
  EXPECT_EQ(code_of(plan(manager, documents)), "groups_too_many");
  const PruneFacts unused{.without_events = {used.id}};
  EXPECT_TRUE(plan(manager, documents, &unused));
}

TEST_F(ApplyPlan, LimitsCountTheGatesAsTheyWillBe) {
  given_receiver("a");
  std::vector<Document> documents;
  for (int i = 0; i < 101; ++i) documents.push_back(group("g" + std::to_string(i), {"a"}));
  const auto too_many = plan(manager, documents);
  EXPECT_EQ(code_of(too_many), "group_limit");
  std::get<GroupDocument>(*documents[7].content).content.enabled = false;
  EXPECT_TRUE(plan(manager, documents));
}

TEST_F(ApplyPlan, PrunesWhatTheCallerOwnsAndNoDocumentNames) {
  given_receiver("kept");
  const auto fresh = given_receiver("fresh");
  const auto used = given_receiver("used");
  given_group("gate", {"kept"});
  given_group("old", {"fresh"});
  given_group("busy", {"used"});
  ASSERT_TRUE(run(receivers.create(as(other_manager), new_receiver("foreign"), std::nullopt)));
  const PruneFacts facts{.without_events = {fresh.id}};
  const auto pruned = plan(manager, {receiver("kept"), group("gate", {"kept"})}, &facts);
  EXPECT_EQ(words(pruned),
            (Words{"unchanged receiver kept", "unchanged group gate", "deleted group old",
                   "disabled group busy", "deleted receiver fresh", "disabled receiver used"}));
  // Gates go before the receivers that they hold.
  EXPECT_TRUE(std::holds_alternative<store::DeleteGroup>(pruned->decision.writes.front()));
  EXPECT_EQ(pruned->objects[3].before->at("enabled"), json::Value(true));
  EXPECT_EQ(words(plan(other_manager, {}, &facts)), Words{"disabled receiver foreign"});
}

TEST_F(ApplyPlan, PruningAgainFindsNothingMore) {
  const auto used = given_receiver("used");
  given_group("busy", {"used"});
  const PruneFacts facts;
  ASSERT_EQ(words(plan(manager, {}, &facts)), (Words{"disabled group busy", "disabled receiver used"}));
  elsewhere([&] {
    for (auto& [id, group] : store.groups) group.enabled = false;
    store.receivers[used.id].enabled = false;
  });
  EXPECT_EQ(words(plan(manager, {}, &facts)), Words{});
}

TEST_F(ApplyPlan, AReceiverInAGateThatStaysIsKept) {
  given_receiver("shared");
  ASSERT_TRUE(run(groups.create(as(other_manager), new_group("theirs", {"shared"}), std::nullopt)));
  const PruneFacts facts;
  EXPECT_EQ(words(plan(manager, {}, &facts)), Words{"kept receiver shared"});
}

TEST_F(ApplyPlan, LooksOnlyAtWhatPruningWouldTouch) {
  const auto named = given_receiver("named");
  const auto mine = given_receiver("mine");
  const auto theirs =
      run(receivers.create(as(other_manager), new_receiver("theirs"), std::nullopt))->receiver;
  given_group("gate", {"theirs"});
  run(catalogue.refresh(store, soon()));
  std::vector<CheckedDocument> documents;
  documents.push_back(check_document(receiver("named"), as(manager), ids));
  EXPECT_EQ(receivers_to_look_at(*catalogue.snapshot()->catalogue, *manager, documents),
            (std::vector{mine.id, theirs.id}));
}

TEST(ObjectChanges, AreReadAsTheyAreWritten) {
  using enum ObjectChange;
  for (const auto change : {created, changed, unchanged, deleted, disabled, kept})
    EXPECT_EQ(parse_object_change(to_string(change)), change);
  EXPECT_FALSE(parse_object_change("gone"));
}

}  // namespace xzepr::service

#include "service/apply_service.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class Apply : public World {
 protected:
  Result<Applied> make(const Caller& caller, ApplyRequest request,
                       std::optional<Idempotency> idempotency = std::nullopt) {
    const Context context = as(caller, at(300));
    return run(apply.apply(context, std::move(request), std::move(idempotency)));
  }
  static Document receiver(const std::string& name) { return {.name = name, .content = new_receiver(name)}; }
  static Document group(const std::string& name, std::vector<std::string> receivers,
                        std::vector<std::string> members = {}) {
    return {.name = name,
            .content = GroupDocument{.content = new_group(name, std::move(receivers)),
                                     .members = std::move(members)}};
  }
  static ApplyRequest set(std::vector<Document> documents) { return {.documents = std::move(documents)}; }
  static std::vector<ObjectChange> changes(const Result<Applied>& applied) {
    std::vector<ObjectChange> out;
    if (applied) {
      for (const auto& object : applied->objects) out.push_back(object.change);
    }
    return out;
  }
  using Changes = std::vector<ObjectChange>;
  using enum ObjectChange;
};

}  // namespace

TEST_F(Apply, IsOneChangeOfTheCatalogue) {
  const auto before = store.catalogue_revision;
  const auto made =
      make(manager, set({receiver("a"), receiver("b"), group("g", {"a", "b"}, {"vera", "role:x"})}));
  EXPECT_EQ(changes(made), (Changes{created, created, created}));
  EXPECT_EQ(store.catalogue_revision, before + 1);
  EXPECT_EQ(store.journal.size(), 3U);
  const auto& stored = store.groups.begin()->second;
  EXPECT_EQ(stored.members, (std::vector<domain::Subject>{domain::subject_of(viewer->user_id), {"role:x"}}));
}

TEST_F(Apply, AgainChangesNothing) {
  const auto documents = [] { return set({receiver("a"), group("g", {"a"}, {"vera"})}); };
  ASSERT_TRUE(make(manager, documents()));
  const auto before = store.catalogue_revision;
  EXPECT_EQ(changes(make(manager, documents())), (Changes{unchanged, unchanged}));
  EXPECT_EQ(store.catalogue_revision, before);
}

TEST_F(Apply, NothingIsMadeWhenOneIsWrong) {
  EXPECT_EQ(code_of(make(manager, set({receiver("a"), group("g", {"absent"})}))), "receiver_unknown");
  EXPECT_EQ(code_of(make(manager, set({receiver("a"), group("g", {"a"}, {"nobody"})}))), "user_unknown");
  EXPECT_TRUE(store.receivers.empty());
  EXPECT_TRUE(store.journal.empty());
}

TEST_F(Apply, ADryRunDecidesTheSameAndStoresNothing) {
  auto request = set({receiver("a"), group("g", {"a"})});
  request.mode = ApplyMode::dry_run;
  const auto tried = make(manager, request, key("k"));
  EXPECT_EQ(changes(tried), (Changes{created, created}));
  EXPECT_TRUE(tried->objects[0].after);
  EXPECT_TRUE(store.receivers.empty());
  EXPECT_EQ(changes(make(manager, set({receiver("a")}), key("k", "other"))), Changes{created})
      << "the key is free";
}

TEST_F(Apply, IsDecidedAgainWhenAnotherCameBetween) {
  store.before_write = [&] { given_receiver("a"); };
  const auto made = make(manager, set({receiver("a"), group("g", {"a"})}));
  EXPECT_EQ(changes(made), (Changes{unchanged, created}));
  EXPECT_EQ(store.stale_answers, 1);
  EXPECT_EQ(store.receivers.size(), 1U);
}

// D14.
TEST_F(Apply, RightsRevokedBetweenCount) {
  store.before_write = [&] { elsewhere([&] { store.keys[*manager->api_key_id].revoked_at = at(1); }); };
  EXPECT_EQ(code_of(make(manager, set({receiver("a")}))), "credentials_invalid");
  EXPECT_TRUE(store.receivers.empty());
}

TEST_F(Apply, AKeyRepeatsTheFirstAnswer) {
  const auto first = make(manager, set({receiver("a"), group("g", {"a"})}), key("k"));
  const auto again = make(manager, set({receiver("a"), group("g", {"a"})}), key("k"));
  ASSERT_TRUE(first && again);
  EXPECT_TRUE(again->is_replayed);
  EXPECT_EQ(again->objects, first->objects);
  EXPECT_EQ(code_of(make(manager, set({receiver("b")}), key("k", "x"))), "idempotency_mismatch");
}

TEST_F(Apply, PruningDisablesWhatHasEventsAndDeletesTheRest) {
  ASSERT_TRUE(make(manager, set({receiver("a"), receiver("b"), group("g", {"a"}), group("h", {"b"})})));
  given_event(new_event("a"));
  auto request = set({});
  request.prune = Prune::yes;
  EXPECT_EQ(changes(make(manager, request)), (Changes{disabled, deleted, disabled, deleted}));
  EXPECT_EQ(store.receivers.size(), 1U);
  EXPECT_EQ(store.groups.size(), 1U);
  EXPECT_FALSE(store.receivers.begin()->second.enabled);
  EXPECT_EQ(changes(make(manager, request)), Changes{});
}

TEST_F(Apply, AnEventBetweenLookAndChangeIsSeen) {
  ASSERT_TRUE(make(manager, set({receiver("a")})));
  store.before_write = [&] { given_event(new_event("a")); };
  auto request = set({});
  request.prune = Prune::yes;
  EXPECT_EQ(changes(make(manager, request)), Changes{disabled});
}

TEST_F(Apply, ASetIsBounded) {
  std::vector<Document> many(apply_documents_max + 1, receiver("a"));
  EXPECT_EQ(code_of(make(manager, set(std::move(many)))), "documents_too_many");
  std::vector<std::string> members;
  for (std::size_t i = 0; i <= apply_members_max; ++i) members.push_back("role:r" + std::to_string(i));
  EXPECT_EQ(code_of(make(manager, set({receiver("a"), group("g", {"a"}, members)}))), "documents_too_many");
  members.pop_back();
  EXPECT_TRUE(make(manager, set({receiver("a"), group("g", {"a"}, members)})));
}

TEST(AppliedText, IsReadBack) {
  const std::vector<AppliedObject> objects = {{.document = 0,
                                               .kind = ObjectKind::group,
                                               .change = ObjectChange::created,
                                               .name = "g",
                                               .type = "t",
                                               .version = "1"},
                                              {.kind = ObjectKind::receiver,
                                               .change = ObjectChange::deleted,
                                               .name = "r",
                                               .type = "t",
                                               .version = "2"}};
  EXPECT_EQ(decode_applied(encode_applied(objects)), objects);
  for (const std::string_view text :
       {"", "{}", R"({"objects":{}})", R"({"objects":[1]})", R"({"objects":[{}]})"})
    EXPECT_FALSE(decode_applied(text)) << text;
}

}  // namespace xzepr::service

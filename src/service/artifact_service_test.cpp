#include "service/artifact_service.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class Artifacts : public World {
 protected:
  Artifacts() {
    given_receiver("open");
    given_receiver("secret");
    given_group("gate", {"open"});
    EXPECT_TRUE(run(groups.add_member(as(manager), "gate", "ute")).has_value());
  }
  Result<store::ArtifactListing> get(const Caller& caller, const std::string& reference) {
    const Context context = as(caller);
    return run(artifacts.get(context, reference));
  }
  Result<Page<store::TimelineEntry>> timeline(const Caller& caller, PageRequest request = {}) {
    const Context context = as(caller);
    return run(artifacts.timeline(context, "app@1.0.0", std::move(request)));
  }
};

}  // namespace

TEST_F(Artifacts, AreFoundByPatternAndById) {
  given_event(new_event("open"));
  const auto found = get(viewer, "app@1.0.0+1/amd64/deb");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(get(viewer, to_string(found->id))->artifact.name, "app");
  EXPECT_EQ(get(viewer, "app@1.0.0")->id, found->id);
  EXPECT_EQ(code_of(get(viewer, "none@1")), "artifact_unknown");
  EXPECT_EQ(code_of(get(viewer, "%zz@1")), "artifact_invalid");
}

TEST_F(Artifacts, WithoutAVisibleEventAreUnknown) {
  given_event(new_event("secret"));
  EXPECT_EQ(code_of(get(user, "app@1.0.0")), "artifact_unknown");
  EXPECT_EQ(code_of(get(user, "app@1.0.0+1/amd64/deb")), "artifact_unknown");
  EXPECT_EQ(code_of(get(stranger, "app@1.0.0")), "artifact_unknown");
  given_event(new_event("open"));
  EXPECT_TRUE(get(user, "app@1.0.0").has_value());
  EXPECT_TRUE(run(artifacts.list(as(stranger), ArtifactFilter{}, PageRequest{}))->items.empty());
  EXPECT_EQ(run(artifacts.list(as(user), ArtifactFilter{}, PageRequest{}))->items.size(), 1U);
}

TEST_F(Artifacts, SeveralMatchesAreListed) {
  for (int i = 0; i < 12; ++i) {
    NewEvent event = new_event("open");
    event.release = std::to_string(i);
    given_event(event);
  }
  const auto ambiguous = get(viewer, "app@1.0.0");
  EXPECT_EQ(kind_of(ambiguous), Errc::conflict);
  EXPECT_NE(ambiguous.error().detail.find("12 artifacts"), std::string::npos) << ambiguous.error().detail;
  EXPECT_TRUE(ambiguous.error().detail.ends_with(", ..."));
}

TEST_F(Artifacts, AreListedInPages) {
  for (const auto* name : {"a", "b", "c"}) given_event(new_event("open", name));
  const auto first = run(artifacts.list(as(viewer), ArtifactFilter{}, {.limit = 2, .after = {}}));
  ASSERT_EQ(first->items.size(), 2U);
  const auto second = run(artifacts.list(as(viewer), ArtifactFilter{}, {.limit = 2, .after = first->next}));
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_LT(first->items[1].id, second->items[0].id);
  ArtifactFilter filter;
  filter.pattern.name = "b";
  EXPECT_EQ(run(artifacts.list(as(viewer), filter, PageRequest{}))->items.size(), 1U);
}

TEST_F(Artifacts, AreSearchedByWordsAndCounted) {
  given_receiver("scan");
  for (const auto* name : {"web-app", "web-api", "worker"}) {
    auto event = new_event("scan");
    event.name = name;
    given_event(std::move(event));
  }
  const auto list = [&](const char* q, std::size_t limit) {
    ArtifactFilter filter;
    filter.q = q;
    return run(artifacts.list(as(viewer), filter, {.limit = limit, .after = {}, .wants_total = true}));
  };
  EXPECT_EQ(list("WEB ap", 10)->items.size(), 2U);
  EXPECT_EQ(list("web", 1)->items.size(), 1U);
  EXPECT_EQ(list("web", 1)->total, 2U);
  EXPECT_EQ(list("worker web", 10)->total, 0U);
  EXPECT_EQ(list("", 10)->total, 3U);
  EXPECT_EQ(places(list(std::string(256, 'a').c_str(), 10)), std::vector<std::string>{"/q maxLength"});
}

TEST_F(Artifacts, TheTimelineIsInOrderOfArrivalWithGatesAsMilestones) {
  given_event(new_event("secret"));
  given_event(new_event("open"));
  const auto all = timeline(viewer);
  ASSERT_EQ(all->items.size(), 3U);
  EXPECT_EQ(all->items[0].row.kind, domain::JournalKind::event_created);
  EXPECT_EQ(all->items[2].row.kind, domain::JournalKind::group_complete);
  const auto first = timeline(viewer, {.limit = 2, .after = {}});
  const auto second = timeline(viewer, {.limit = 2, .after = first->next});
  EXPECT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].row.position, all->items[2].row.position);
}

TEST_F(Artifacts, TheTimelineHidesWhatTheCallerMayNotSeeAndFillsItsPages) {
  for (int i = 0; i < 5; ++i) given_event(new_event("secret"));
  given_event(new_event("open"));
  const auto seen = timeline(user, {.limit = 1, .after = {}});
  ASSERT_EQ(seen->items.size(), 1U);
  EXPECT_EQ(seen->items[0].event->id, store.events.back().id);
  const auto rest = timeline(user, {.limit = 1, .after = seen->next});
  ASSERT_EQ(rest->items.size(), 1U);
  EXPECT_EQ(rest->items[0].row.kind, domain::JournalKind::group_complete);
  EXPECT_FALSE(rest->next.has_value());
}

}  // namespace xzepr::service

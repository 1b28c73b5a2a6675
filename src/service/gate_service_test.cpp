#include "service/gate_service.hpp"

#include "service/lookup.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using domain::GateState;
using domain::Outcome;

class Gates : public World {
 protected:
  Gates() {
    given_receiver("a");
    given_receiver("b");
    given_group("gate", {"a", "b"});
  }
  Result<GateStatus> status(const Caller& caller, domain::ArtifactPattern pattern,
                            const std::string& group = "gate") {
    const Context context = as(caller);
    return run(gates.status(context, group, std::move(pattern)));
  }
  Result<GateStatus> wait(std::chrono::milliseconds at_most, Deadline deadline = soon()) {
    Context context = as(viewer);
    context.deadline = deadline;
    return run(gates.wait(context, "gate", pattern_of("app"), at_most));
  }
  void post(const std::string& receiver, bool success = true, const std::string& name = "app") {
    NewEvent event = new_event(receiver, name);
    event.success = success;
    given_event(event);
  }
  void change(const GroupUpdate& update) {
    ASSERT_TRUE(run(groups.update(as(manager, at(300)), "gate", update, std::nullopt)).has_value());
  }
  static domain::ArtifactPattern named(const std::string& name) {
    domain::ArtifactPattern pattern;
    pattern.name = name;
    return pattern;
  }
};

}  // namespace

TEST_F(Gates, OfAnArtifactThatNobodyPostedAboutArePending) {
  const auto found = status(viewer, pattern_of("app"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->state, GateState::pending);
  EXPECT_EQ(found->passed, 0U);
  EXPECT_EQ(found->total, 2U);
  EXPECT_FALSE(found->since.has_value());
  EXPECT_EQ(found->artifact->name, "app");
  EXPECT_EQ(found->receivers[1].outcome, Outcome::missing);
  EXPECT_EQ(found->receivers[1].name, "b");
}

TEST_F(Gates, SayWhichReceiverIsMissingFailedOrPassed) {
  post("b");
  const auto pending = status(viewer, pattern_of("app"));
  EXPECT_EQ(pending->state, GateState::pending);
  EXPECT_EQ(pending->passed, 1U);
  EXPECT_EQ(pending->receivers[0].outcome, Outcome::missing);
  EXPECT_EQ(pending->receivers[1].outcome, Outcome::passed);
  EXPECT_EQ(pending->receivers[1].event_id, store.events[0].id);
  EXPECT_TRUE(pending->since.has_value());
  post("a", false);
  EXPECT_EQ(status(viewer, pattern_of("app"))->state, GateState::failing);
  post("a");
  const auto open = status(viewer, pattern_of("app"));
  EXPECT_EQ(open->state, GateState::open);
  EXPECT_EQ(open->first_opened_at, at(100));
}

TEST_F(Gates, FollowTheDefinitionAtOnceAlsoBeforeTheSweep) {
  post("a");
  GroupUpdate smaller;
  smaller.receivers = std::vector<std::string>{"a"};
  change(smaller);
  store.is_sweeping = true;
  const auto open = status(viewer, pattern_of("app"));
  EXPECT_EQ(open->state, GateState::open);
  EXPECT_EQ(open->since, at(300));
  EXPECT_EQ(open->first_opened_at, at(300));
  EXPECT_TRUE(open->is_evaluating);
}

TEST_F(Gates, ThatAreDisabledStillShowTheirReceivers) {
  post("a");
  GroupUpdate disable;
  disable.enabled = false;
  change(disable);
  const auto disabled = status(viewer, pattern_of("app"));
  EXPECT_EQ(disabled->state, GateState::disabled);
  EXPECT_EQ(disabled->receivers[0].outcome, Outcome::passed);
}

TEST_F(Gates, AnotherNodesChangeCountsAtOnce) {
  post("a");
  elsewhere([&] { store.groups.begin()->second.enabled = false; });
  EXPECT_EQ(status(viewer, pattern_of("app"))->state, GateState::disabled);
}

TEST_F(Gates, APartialPatternMustNameOneArtifact) {
  EXPECT_EQ(code_of(status(viewer, named("app"))), "artifact_unknown");
  post("a");
  EXPECT_EQ(status(viewer, named("app"))->artifact->version, "1.0.0");
  NewEvent other = new_event("a");
  other.version = "2.0.0";
  given_event(other);
  const auto ambiguous = status(viewer, named("app"));
  EXPECT_EQ(code_of(ambiguous), "artifact_ambiguous");
  EXPECT_NE(ambiguous.error().detail.find("2.0.0"), std::string::npos);
  EXPECT_EQ(places(status(viewer, domain::ArtifactPattern{})),
            std::vector<std::string>{"/artifact required"});
}

TEST_F(Gates, AnIdThatNobodyPostedAboutIsUnknown) {
  domain::ArtifactPattern pattern;
  pattern.id = domain::artifact_id(*artifact_of(pattern_of("app")));
  EXPECT_EQ(code_of(status(viewer, pattern)), "artifact_unknown");
  post("a");
  EXPECT_EQ(status(viewer, pattern)->artifact->name, "app");
}

TEST_F(Gates, OfAGroupThatTheCallerMayNotSeeAreUnknown) {
  EXPECT_EQ(code_of(status(stranger, pattern_of("app"))), "group_unknown");
  EXPECT_EQ(code_of(status(viewer, pattern_of("app"), "none")), "group_unknown");
}

TEST_F(Gates, AMemberLearnsNothingOfArtifactsOfOtherReceivers) {
  given_receiver("secret");
  post("secret", true, "hidden");
  ASSERT_TRUE(run(groups.add_member(as(manager), "gate", "ute")).has_value());
  EXPECT_EQ(code_of(status(user, named("hidden"))), "artifact_unknown");
  post("a", true, "hidden");
  EXPECT_TRUE(status(user, named("hidden")).has_value());
}

TEST_F(Gates, WaitReturnsAtOnceWhenTheAnswerIsSettled) {
  post("a", false);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(wait(std::chrono::seconds{20})->state, GateState::failing);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
}

TEST_F(Gates, WaitSeesTheGateOpen) {
  post("a");
  // Runs within the first look, whose answer is decided by what it reads after.
  store.before_write = [&] { store.before_write = [&] { post("b"); }; };
  EXPECT_EQ(wait(std::chrono::seconds{20})->state, GateState::open);
}

TEST_F(Gates, WaitEndsWithTheDeadlineThatIsNearer) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(wait(std::chrono::milliseconds{1})->state, GateState::pending);
  EXPECT_EQ(wait(std::chrono::seconds{25}, Deadline::after(std::chrono::milliseconds{100}))->state,
            GateState::pending);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
}

TEST_F(Gates, ArtifactsAreListedStuckOnesFirstAndPaged) {
  post("a", true, "half");
  post("a", false, "bad");
  post("a", true, "good");
  post("b", true, "good");
  const auto list = [&](std::optional<GateState> state, PageRequest request) {
    return run(gates.artifacts(as(viewer), "gate", state, std::move(request)));
  };
  const auto all = list(std::nullopt, {});
  ASSERT_EQ(all->items.size(), 3U);
  EXPECT_EQ(all->items[0].artifact.name, "bad");
  EXPECT_EQ(all->items[2].artifact.name, "good");
  const auto first = list(std::nullopt, {.limit = 2, .after = {}});
  const auto second = list(std::nullopt, {.limit = 2, .after = first->next});
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].artifact.name, "good");
  EXPECT_EQ(list(GateState::open, {})->items.size(), 1U);
  EXPECT_EQ(code_of(list(GateState::disabled, {})), "request_invalid");
  EXPECT_EQ(code_of(list(GateState::open, {.limit = 2, .after = first->next})), "cursor_invalid");
}

}  // namespace xzepr::service

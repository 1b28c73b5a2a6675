#include "domain/gate.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace xzepr::domain {
namespace {

Ulid ulid_of(std::uint64_t n) {
  Ulid ulid;
  for (std::size_t i = 0; i < 8; ++i) ulid.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return ulid;
}
ReceiverId receiver_of(std::uint64_t n) { return {ulid_of(n)}; }
GroupId group_of(std::uint64_t n) { return {ulid_of(1'000 + n)}; }
ArtifactId artifact_of(std::uint64_t n) { return {ulid_of(2'000 + n).bytes}; }

class CountingIds final : public IdSource {
 public:
  Ulid next(TimePoint) override { return ulid_of(++last_); }

 private:
  std::uint64_t last_ = 1'000'000;
};

Group group(std::uint64_t n, std::vector<std::uint64_t> receivers, std::int64_t revision = 1,
            bool enabled = true) {
  Group made{
      .id = group_of(n), .name = "gate-" + std::to_string(n), .enabled = enabled, .gate_revision = revision};
  for (const auto receiver : receivers) made.receiver_ids.push_back(receiver_of(receiver));
  return made;
}

Event event(std::uint64_t n, std::uint64_t artifact, std::uint64_t receiver, bool success) {
  return {.id = {ulid_of(10'000 + n)},
          .artifact_id = artifact_of(artifact),
          .success = success,
          .receiver_id = receiver_of(receiver)};
}

// A whole store of what gates need, driven through fold() and sweep() as the real stores do it.
class GateWorld {
 public:
  void define(std::vector<Group> groups) {
    std::vector<Receiver> receivers;
    for (std::uint64_t i = 1; i <= 8; ++i)
      receivers.push_back({.id = receiver_of(i), .name = "r" + std::to_string(i)});
    catalogue_ = std::make_unique<Catalogue>(++revision_, std::move(receivers), std::move(groups));
  }
  std::vector<Appended> post(const std::vector<Event>& events) {
    std::vector<const Event*> pointers;
    for (const auto& one : events) pointers.push_back(&one);
    const auto keys = gate_keys(pointers, *catalogue_);
    std::vector<OutcomeRow> outcomes;
    for (const auto& key : keys.outcomes) {
      if (const auto at = outcomes_.find(key); at != outcomes_.end()) outcomes.push_back(at->second);
    }
    std::vector<GateRow> gates;
    for (const auto& key : keys.gates) {
      if (const auto at = gates_.find(key); at != gates_.end()) gates.push_back(at->second);
    }
    auto folded = fold({.events = pointers,
                        .outcomes = outcomes,
                        .gates = gates,
                        .catalogue = *catalogue_,
                        .position = position_,
                        .now = TimePoint{}},
                       ids_);
    keep(folded);
    return std::move(folded.answers);
  }
  void sweep_all() {
    std::set<ArtifactId> artifacts;
    for (const auto& [key, row] : outcomes_) artifacts.insert(key.artifact_id);
    for (const auto& group : catalogue_->groups()) {
      const std::vector<ArtifactId> sorted(artifacts.begin(), artifacts.end());
      std::vector<OutcomeRow> outcomes;
      for (const auto& [key, row] : outcomes_) outcomes.push_back(row);
      std::vector<GateRow> gates;
      for (const auto& [key, row] : gates_) {
        if (key.group_id == group.id) gates.push_back(row);
      }
      keep(sweep({.group = group,
                  .artifacts = sorted,
                  .outcomes = outcomes,
                  .gates = gates,
                  .position = position_,
                  .now = TimePoint{}},
                 ids_));
    }
  }
  [[nodiscard]] const std::vector<JournalRow>& journal() const { return journal_; }
  [[nodiscard]] GateState state(std::uint64_t artifact, std::uint64_t group) const {
    const auto at = gates_.find({artifact_of(artifact), group_of(group)});
    return at == gates_.end() ? GateState::pending : at->second.state;
  }
  [[nodiscard]] std::string kinds() const {
    std::string out;
    for (const auto& row : journal_) {
      if (row.kind == JournalKind::event_created) out += "event ";
      if (row.kind == JournalKind::group_complete) out += "complete ";
      if (row.kind == JournalKind::gate_opened) out += "opened ";
      if (row.kind == JournalKind::gate_closed) out += "closed ";
    }
    return out;
  }

 private:
  void keep(const Folded& folded) {
    for (const auto& row : folded.outcomes) outcomes_[{row.artifact_id, row.receiver_id}] = row;
    for (const auto& row : folded.gates) gates_[{row.artifact_id, row.group_id}] = row;
    journal_.insert(journal_.end(), folded.journal.begin(), folded.journal.end());
    position_ = folded.position;
  }

  std::int64_t revision_ = 0;
  std::int64_t position_ = 0;
  std::unique_ptr<Catalogue> catalogue_;
  std::map<OutcomeKey, OutcomeRow> outcomes_;
  std::map<GateKey, GateRow> gates_;
  std::vector<JournalRow> journal_;
  CountingIds ids_;
};

// The oracle: the rule as the product says it, one event at a time, on plain maps, and nothing clever.
struct Oracle {
  std::map<std::pair<ArtifactId, ReceiverId>, std::pair<bool, EventId>> latest;
  std::map<std::pair<ArtifactId, GroupId>, bool> was_open;
  std::vector<JournalRow> journal;

  bool is_open(const Group& group, const ArtifactId& artifact) {
    for (const auto receiver : group.receiver_ids) {
      const auto at = latest.find({artifact, receiver});
      if (at == latest.end() || !at->second.first) return false;
    }
    return true;
  }
  void write(JournalKind kind, const Event& event, const Group* group) {
    JournalRow row{.position = static_cast<std::int64_t>(journal.size()) + 1,
                   .kind = kind,
                   .artifact_id = event.artifact_id,
                   .event_id = event.id};
    if (group != nullptr) row.group_id = group->id;
    if (kind == JournalKind::group_complete) {
      for (const auto receiver : group->receiver_ids) {
        if (receiver != event.receiver_id)
          row.satisfying.push_back(latest[{event.artifact_id, receiver}].second);
      }
    }
    journal.push_back(row);
  }
  std::vector<bool> post(const Event& event, const std::vector<Group>& groups) {
    write(JournalKind::event_created, event, nullptr);
    latest[{event.artifact_id, event.receiver_id}] = {event.success, event.id};
    std::vector<bool> open;
    for (const auto& group : groups) {
      if (!group.enabled ||
          std::ranges::find(group.receiver_ids, event.receiver_id) == group.receiver_ids.end())
        continue;
      open.push_back(is_open(group, event.artifact_id));
      if (open.back()) write(JournalKind::group_complete, event, &group);
      if (!open.back() && was_open[{event.artifact_id, group.id}])
        write(JournalKind::gate_closed, event, &group);
      was_open[{event.artifact_id, group.id}] = open.back();
    }
    return open;
  }
};

TEST(Gate, AgreesWithTheOracleOverRandomOperationsInBatchesOfEverySize) {
  std::mt19937 random(20'260'131);
  std::size_t posted = 0;
  while (posted < 100'000) {
    std::vector<Group> groups = {group(1, {1, 2, 3}), group(2, {3, 4}), group(3, {5}),
                                 group(4, {1, 2, 3, 4, 5, 6}), group(5, {1, 6}, 1, false)};
    GateWorld world;
    world.define(groups);
    Oracle oracle;
    for (int batch = 0; batch < 60; ++batch) {
      std::vector<Event> events;
      for (std::size_t size = 1 + random() % (batch % 10 == 0 ? 200 : 8); size > 0; --size) {
        events.push_back(event(++posted, 1 + random() % 5, 1 + random() % 7, random() % 4 != 0));
      }
      const auto answers = world.post(events);
      ASSERT_EQ(answers.size(), events.size());
      for (std::size_t i = 0; i < events.size(); ++i) {
        const auto open = oracle.post(events[i], groups);
        ASSERT_EQ(answers[i].gates.size(), open.size());
        for (std::size_t g = 0; g < open.size(); ++g)
          ASSERT_EQ(answers[i].gates[g].state == GateState::open, open[g]);
      }
    }
    ASSERT_EQ(world.journal().size(), oracle.journal.size());
    for (std::size_t i = 0; i < oracle.journal.size(); ++i) {
      const auto& mine = world.journal()[i];
      const auto& theirs = oracle.journal[i];
      ASSERT_EQ(mine.position, theirs.position);
      ASSERT_EQ(mine.kind, theirs.kind);
      ASSERT_EQ(mine.artifact_id, theirs.artifact_id);
      ASSERT_EQ(mine.event_id, theirs.event_id);
      ASSERT_EQ(mine.group_id, theirs.group_id);
      ASSERT_EQ(mine.satisfying, theirs.satisfying);
    }
  }
}

TEST(Gate, OpensOnlyWhenEveryReceiverHasAPassingEvent) {
  GateWorld world;
  world.define({group(1, {1, 2})});
  EXPECT_EQ(world.post({event(1, 1, 1, true)})[0].gates[0].state, GateState::pending);
  EXPECT_EQ(world.post({event(2, 1, 2, false)})[0].gates[0].state, GateState::failing);
  EXPECT_EQ(world.post({event(3, 1, 2, true)})[0].gates[0].state, GateState::open);
  EXPECT_EQ(world.kinds(), "event event event complete ");
}

TEST(Gate, FailThenPassOnAnOpenGateIsClosedThenComplete) {
  GateWorld world;
  world.define({group(1, {1})});
  world.post({event(1, 1, 1, true)});
  world.post({event(2, 1, 1, false), event(3, 1, 1, true)});
  EXPECT_EQ(world.kinds(), "event complete event closed event complete ");
}

TEST(Gate, PassThenFailInOneBatchIsCompleteThenClosed) {
  GateWorld world;
  world.define({group(1, {1})});
  world.post({event(1, 1, 1, true), event(2, 1, 1, false)});
  EXPECT_EQ(world.kinds(), "event complete event closed ");
  EXPECT_EQ(world.state(1, 1), GateState::failing);
}

TEST(Gate, EveryPassingEventOfAnOpenGatePublishesAgain) {
  GateWorld world;
  world.define({group(1, {1, 2})});
  world.post({event(1, 1, 1, true), event(2, 1, 2, true), event(3, 1, 2, true)});
  EXPECT_EQ(world.kinds(), "event event complete event complete ");
}

TEST(Gate, SharedReceiversDoNotLetGatesInfluenceOneAnother) {
  GateWorld world;
  world.define({group(1, {1, 2}), group(2, {1, 3})});
  world.post({event(1, 1, 1, true), event(2, 1, 2, true)});
  EXPECT_EQ(world.state(1, 1), GateState::open);
  EXPECT_EQ(world.state(1, 2), GateState::pending);
}

TEST(Gate, DisabledGroupRecordsNothing) {
  GateWorld world;
  world.define({group(1, {1}, 1, false)});
  EXPECT_TRUE(world.post({event(1, 1, 1, true)})[0].gates.empty());
  EXPECT_EQ(world.kinds(), "event ");
}

TEST(Gate, SweepJournalsOpenedAndClosedAndNeverComplete) {
  GateWorld world;
  world.define({group(1, {1, 2}, 1)});
  world.post({event(1, 1, 1, true), event(2, 2, 1, true), event(3, 2, 2, true)});
  world.define({group(1, {1, 3}, 2)});
  world.sweep_all();
  EXPECT_EQ(world.kinds(), "event event event complete closed ");
  world.define({group(1, {1}, 3)});
  world.sweep_all();
  world.sweep_all();
  EXPECT_EQ(world.kinds(), "event event event complete closed opened opened ");
}

TEST(Gate, EventOnAGateThatTheSweepHasNotReachedFirstBringsItUpToDate) {
  GateWorld world;
  world.define({group(1, {1, 2}, 1)});
  world.post({event(1, 1, 1, true)});
  world.define({group(1, {1}, 2)});
  world.post({event(2, 1, 1, true)});
  EXPECT_EQ(world.kinds(), "event opened event complete ");
  world.sweep_all();
  EXPECT_EQ(world.kinds(), "event opened event complete ");
}

TEST(Gate, KeysAreSortedWithoutRepeatsAndCostIsTheGatesSize) {
  const Catalogue catalogue(1, {}, {group(1, {1, 2, 3}), group(2, {1, 4})});
  const auto one = event(1, 1, 1, true);
  const auto two = event(2, 1, 2, true);
  const std::vector<const Event*> events = {&two, &one};
  const auto keys = gate_keys(events, catalogue);
  EXPECT_EQ(keys.outcomes.size(), 4U);
  EXPECT_EQ(keys.gates.size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(keys.outcomes));
  EXPECT_EQ(gate_checks(receiver_of(1), catalogue), 5U);
}

TEST(Gate, EvaluateIsExactFromOutcomesAlone) {
  const auto gate = group(1, {1, 2});
  const OutcomeRow passed{.receiver_id = receiver_of(1), .passed = true};
  const OutcomeRow failed{.receiver_id = receiver_of(2), .passed = false};
  EXPECT_EQ(evaluate(gate, {}), GateState::pending);
  EXPECT_EQ(evaluate(gate, std::vector{passed}), GateState::pending);
  EXPECT_EQ(evaluate(gate, std::vector{passed, failed}), GateState::failing);
  EXPECT_EQ(evaluate(group(1, {1}), std::vector{passed}), GateState::open);
  EXPECT_EQ(evaluate(group(1, {1}, 1, false), std::vector{passed}), GateState::disabled);
}

}  // namespace
}  // namespace xzepr::domain

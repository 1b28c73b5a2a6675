// The contract of appending: durable, all or nothing, in order, idempotent.
#pragma once

#include <set>

#include "json/parse.hpp"
#include "json/write.hpp"
#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {

/// A payload comes back equal as a JSON value, not always as the same text.
inline void expect_same_event(domain::Event actual, const domain::Event& expected) {
  const auto got = json::parse(actual.payload);
  const auto wanted = json::parse(expected.payload);
  ASSERT_TRUE(got.has_value() && wanted.has_value());
  EXPECT_TRUE(json::equal(*got, *wanted)) << actual.payload;
  actual.payload = expected.payload;
  EXPECT_TRUE(actual == expected);
}

TEST_P(StoreContract, AnAppendedEventIsFoundAsItWasGiven) {
  const auto receiver = given_receiver("build");
  auto event = make_event(receiver.id, "1.0", false);
  event.description = "line one\nline \xC3\xA4 'two'; --";
  event.payload = R"({"b":[1,2.5,null,true],"a":{"deep":"\"quoted\""},"n":9007199254740993})";
  event.event_start = event.created_at - std::chrono::microseconds{1};
  event.event_end = event.created_at + std::chrono::hours{1};
  event.receiver_version = 7;
  const auto appended = must_append_one(event);
  EXPECT_EQ(appended.id, event.id);
  EXPECT_FALSE(appended.is_replayed);
  const auto found = run(ports(1).events->find(event.id, soon()), 1);
  ASSERT_TRUE(found.has_value());
  expect_same_event(*found, event);
}

TEST_P(StoreContract, AnUnknownIdIsNotFound) {
  EXPECT_FALSE(run(ports().events->find(EventId{ids_.next(at(0))}, soon())).has_value());
}

TEST_P(StoreContract, APayloadOfAnyJsonTypeIsKept) {
  const auto receiver = given_receiver("build");
  for (const std::string payload : {"null", "3", "\"text\"", "[1,[2]]", "true", "{}"}) {
    auto event = make_event(receiver.id, "1.0");
    event.payload = payload;
    must_append_one(event);
    const auto found = run(ports().events->find(event.id, soon()));
    ASSERT_TRUE(found.has_value());
    expect_same_event(*found, event);
  }
}

TEST_P(StoreContract, PositionsCountUpWithoutGapsAndGatesFollowTheirEvent) {
  const auto group = given_group_of(2);
  const auto before = position();
  const auto first = must_append_one(make_event(receivers_[0], "1.0"));
  const auto second = must_append_one(make_event(receivers_[1], "1.0"));
  EXPECT_EQ(first.position, before + 1);
  EXPECT_EQ(second.position, before + 2);
  ASSERT_EQ(first.gates.size(), 1U);
  EXPECT_EQ(first.gates[0].state, domain::GateState::pending);
  EXPECT_EQ(second.gates[0].state, domain::GateState::open);
  EXPECT_EQ(second.gates[0].id, group.id);
  EXPECT_EQ(position(), before + 3);  // the group-complete row
}

TEST_P(StoreContract, AUnitOfManyEventsHasTheEffectOfThemOneByOne) {
  const auto group = given_group_of(2);
  const auto appended =
      must_append({make_event(receivers_[0], "1.0"), make_event(receivers_[1], "1.0"),
                   make_event(receivers_[0], "1.0", false), make_event(receivers_[0], "1.0")});
  ASSERT_EQ(appended.size(), 4U);
  EXPECT_EQ(appended[1].gates[0].state, domain::GateState::open);
  EXPECT_EQ(appended[2].gates[0].state, domain::GateState::failing);
  EXPECT_EQ(appended[3].gates[0].state, domain::GateState::open);
  const auto rows = timeline(make_event(receivers_[0], "1.0").artifact_id);
  std::vector<domain::JournalKind> kinds;
  for (const auto& entry : rows) kinds.push_back(entry.row.kind);
  using enum domain::JournalKind;
  EXPECT_EQ(kinds, (std::vector{event_created, event_created, group_complete, event_created, gate_closed,
                                event_created, group_complete}));
}

TEST_P(StoreContract, AUnitIsStoredWholeOrNotAtAll) {
  const auto receiver = given_receiver("build");
  const auto taken = make_event(receiver.id, "1.0");
  must_append_one(taken);
  const auto before = position();
  auto good = make_event(receiver.id, "2.0");
  auto bad = make_event(receiver.id, "2.0");
  bad.id = taken.id;
  EXPECT_EQ(code(append(unit_of({good, bad}))), "event_refused");
  EXPECT_FALSE(run(ports().events->find(good.id, soon())).has_value());
  EXPECT_FALSE(run(ports().artifacts->find(good.artifact_id, soon())).has_value());
  EXPECT_EQ(position(), before);
}

TEST_P(StoreContract, ARefusedUnitDoesNotHurtItsNeighbours) {
  const auto receiver = given_receiver("build");
  const auto taken = make_event(receiver.id, "1.0");
  must_append_one(taken);
  const auto before = position();
  auto bad = make_event(receiver.id, "1.0");
  bad.id = taken.id;
  const std::vector<domain::Event> good = {make_event(receiver.id, "1.0"), make_event(receiver.id, "1.1")};
  std::vector<AppendUnit> units;
  units.push_back(unit_of({good[0]}));
  units.push_back(unit_of({bad}));
  units.push_back(unit_of({good[1]}));
  const auto outcomes = run(ports().events->append_each(std::move(units)));
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(code(outcomes[0]), "");
  EXPECT_EQ(code(outcomes[1]), "event_refused");
  EXPECT_EQ(code(outcomes[2]), "");
  EXPECT_EQ(position(), before + 2);
}

TEST_P(StoreContract, AnOldCatalogueIsRefusedWithTheRevisionThatCounts) {
  const auto receiver = given_receiver("build");
  auto unit = unit_of({make_event(receiver.id, "1.0")});
  given_receiver("other");
  const auto outcome = append(std::move(unit));
  ASSERT_TRUE(std::holds_alternative<StaleCatalogue>(outcome));
  EXPECT_EQ(std::get<StaleCatalogue>(outcome).revision, catalogue_->revision());
}

TEST_P(StoreContract, TheSameIdempotencyKeyAnswersFromTheFirst) {
  const auto group = given_group_of(1);
  auto first = unit_of({make_event(receivers_[0], "1.0")});
  first.claim = claim_of("k", "body");
  auto again = unit_of({make_event(receivers_[0], "1.0")});
  again.claim = claim_of("k", "body");
  const auto one = std::get<std::vector<domain::Appended>>(append(std::move(first)));
  const auto before = position();
  const auto two = std::get<std::vector<domain::Appended>>(append(std::move(again), 1));
  EXPECT_EQ(position(), before);
  ASSERT_EQ(two.size(), 1U);
  EXPECT_TRUE(two[0].is_replayed);
  EXPECT_FALSE(one[0].is_replayed);
  EXPECT_EQ(two[0].id, one[0].id);
  EXPECT_EQ(two[0].position, one[0].position);
  EXPECT_EQ(two[0].gates, one[0].gates);
}

TEST_P(StoreContract, TheSameKeyWithAnotherBodyIsAMismatch) {
  const auto receiver = given_receiver("build");
  auto first = unit_of({make_event(receiver.id, "1.0")});
  first.claim = claim_of("k", "body");
  auto other = unit_of({make_event(receiver.id, "1.0")});
  other.claim = claim_of("k", "another");
  append(std::move(first));
  const auto before = position();
  const auto outcome = append(std::move(other));
  EXPECT_EQ(code(outcome), "idempotency_mismatch");
  EXPECT_EQ(std::get<Error>(outcome).kind, Errc::idempotency_mismatch);
  EXPECT_EQ(position(), before);
}

TEST_P(StoreContract, TwinsSentTogetherHaveOneEffect) {
  const auto receiver = given_receiver("build");
  const auto before = position();
  std::vector<AppendUnit> units;
  for (const std::string body : {"body", "body", "another", "body"}) {
    units.push_back(unit_of({make_event(receiver.id, "1.0")}));
    units.back().claim = claim_of("k", body);
  }
  const auto outcomes = run(ports().events->append_each(std::move(units)));
  std::set<EventId> ids;
  std::size_t replayed = 0;
  std::size_t mismatched = 0;
  for (const auto& outcome : outcomes) {
    if (code(outcome) == "idempotency_mismatch") {
      ++mismatched;
      continue;
    }
    const auto& appended = std::get<std::vector<domain::Appended>>(outcome);
    ids.insert(appended.at(0).id);
    replayed += appended.at(0).is_replayed ? 1 : 0;
  }
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(replayed, 2U);
  EXPECT_EQ(mismatched, 1U);
  EXPECT_EQ(position(), before + 1);
}

TEST_P(StoreContract, AReplayCanBeLookedUpBeforehand) {
  const auto receiver = given_receiver("build");
  EXPECT_FALSE(run(ports().events->find_replay(claim_of("k", "body"), soon())).value().has_value());
  auto unit = unit_of({make_event(receiver.id, "1.0")});
  const auto id = unit.events[0].id;
  unit.claim = claim_of("k", "body");
  append(std::move(unit));
  const auto stored = run(ports().events->find_replay(claim_of("k", "body"), soon())).value();
  ASSERT_TRUE(stored.has_value());
  const auto answers = domain::decode_answer(*stored);
  ASSERT_TRUE(answers.has_value());
  EXPECT_EQ(answers->at(0).id, id);
  const auto mismatch = run(ports().events->find_replay(claim_of("k", "another"), soon()));
  ASSERT_FALSE(mismatch.has_value());
  EXPECT_EQ(mismatch.error().kind, Errc::idempotency_mismatch);
}

TEST_P(StoreContract, ConcurrentWritersGetEveryPositionOnce) {
  const auto receiver = given_receiver("build");
  const auto before = position();
  constexpr std::size_t count = 200;
  std::vector<std::future<AppendOutcome>> answers;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t shard = i % shard_count;
    auto unit = unit_of({make_event(receiver.id, std::to_string(i % 7))});
    answers.push_back(spawn(ports(shard).events->append(std::move(unit)), shard));
  }
  std::set<std::int64_t> positions;
  for (auto& answer : answers)
    positions.insert(std::get<std::vector<domain::Appended>>(answer.get()).at(0).position);
  ASSERT_EQ(positions.size(), count);
  EXPECT_EQ(*positions.begin(), before + 1);
  EXPECT_EQ(*positions.rbegin(), before + static_cast<std::int64_t>(count));
}

TEST_P(StoreContract, TheLastTwoEventsOfAGateOpenItExactlyOnce) {
  const auto group = given_group_of(2);
  for (int round = 0; round < 50; ++round) {
    const auto version = std::to_string(round);
    auto left = spawn(ports(0).events->append(unit_of({make_event(receivers_[0], version)})), 0);
    auto right = spawn(ports(1).events->append(unit_of({make_event(receivers_[1], version)})), 1);
    int open = 0;
    for (auto* answer : {&left, &right}) {
      const auto outcome = answer->get();
      const auto& appended = std::get<std::vector<domain::Appended>>(outcome);
      open += appended.at(0).gates.at(0).state == domain::GateState::open ? 1 : 0;
    }
    EXPECT_EQ(open, 1);
  }
}

TEST_P(StoreContract, WhatWasAppendedIsThereAfterOpeningAgain) {
  const auto group = given_group_of(2);
  const auto event = make_event(receivers_[0], "1.0");
  must_append_one(event);
  const auto before = position();
  close();
  open();
  EXPECT_TRUE(run(ports().events->find(event.id, soon())).has_value());
  EXPECT_EQ(position(), before);
  take_snapshot();
  EXPECT_EQ(must_append_one(make_event(receivers_[1], "1.0")).gates.at(0).state, domain::GateState::open);
}

}  // namespace xzepr::store::contract

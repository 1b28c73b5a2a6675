// The contract of searching and counting: whatever is filed or not filed yet, the index proposes every event
// that matches, and a count is what all pages hold.
#pragma once

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace xzepr::store::contract {

class SearchContract : public StoreContract {
 protected:
  using Ids = std::set<EventId>;

  domain::Event make_worded(const std::string& description, const std::string& payload) {
    auto event = make_event(receivers_[static_cast<std::size_t>(event_count_) % receivers_.size()], "1.0");
    event.description = description;
    event.payload = payload;
    return event;
  }
  void given_events() {
    given_group_of(3);
    const std::vector<std::pair<std::string, std::string>> texts = {
        {"nightly scan", R"({"n":1,"env":"prod"})"},
        {"Nightly SCANNER of it", R"({"n":1.0,"list":[1,{"deep":null}]})"},
        {"weekly Stra\xC3\x9F\x65 \xE6\x97\xA5\xE6\x9C\xAC", R"({"n":2,"env":"test"})"},
        {"x' or '1'='1 \\ \" % _more", R"("only text")"},
        {fmt::format("{} end", std::string(300, 'w')), R"([9007199254740993,1e24])"},
        {"", many_values()}};
    for (const auto& [description, payload] : texts) stored_.push_back(make_worded(description, payload));
    must_append(stored_);
  }
  // More values than a payload has terms.
  static std::string many_values() {
    std::string payload = "{";
    for (int i = 0; i < 400; ++i) payload += fmt::format("\"k{0}\":{0},", i);
    payload.back() = '}';
    return payload;
  }
  static domain::EventSearch search(std::string_view words, std::string_view pointer = {},
                                    std::string_view value = {}) {
    std::vector<domain::PayloadCondition> payload;
    if (!pointer.empty()) payload.push_back({std::string(pointer), *json::parse(value)});
    return {words, std::move(payload)};
  }
  std::vector<domain::EventSearch> searches() {
    return {search("nightly"),
            search("NIGHTLY sca"),
            search("strasse"),
            search("\xE6\x97\xA5"),
            search("or 1"),
            search(std::string(300, 'w')),
            search(std::string(299, 'w')),
            search("nothing of this"),
            search("", "/n", "1"),
            search("", "/n", "1.0"),
            search("", "/list/1/deep", "null"),
            search("", "/list/1", R"({"deep":null})"),
            search("", "/1", "1e24"),
            search("", "/0", "9007199254740993"),
            search("", "/k399", "399"),
            search("app nightly", "/env", R"("prod")")};
  }
  std::optional<Ids> candidates(const domain::EventSearch& wanted, std::size_t max = 1'000) {
    const auto ids = run(ports().search->candidates(domain::terms_of(wanted), max, soon()));
    if (!ids) return std::nullopt;
    EXPECT_EQ(Ids(ids->begin(), ids->end()).size(), ids->size());
    return Ids(ids->begin(), ids->end());
  }
  void expect_every_match_is_proposed() {
    for (const auto& wanted : searches()) {
      const auto proposed = candidates(wanted);
      ASSERT_TRUE(proposed.has_value());
      for (const auto& event : stored_) {
        if (!wanted.matches(event)) continue;
        EXPECT_TRUE(proposed->contains(event.id)) << event.description;
      }
    }
  }
  void index_all(std::size_t shard = 0) {
    for (int slice = 0; slice < 1'000; ++slice) {
      if (!run(ports(shard).search->index_slice(soon()), shard).is_behind()) return;
    }
    ADD_FAILURE() << "indexing does not end";
  }

  std::vector<domain::Event> stored_;
};

TEST_P(SearchContract, WhatIsNotFiledYetIsAlwaysProposed) {
  given_events();
  EXPECT_EQ(candidates(search("nothing of this"))->size(), stored_.size());
  expect_every_match_is_proposed();
}

TEST_P(SearchContract, WhatIsFiledIsFoundByItsTerms) {
  given_events();
  index_all();
  expect_every_match_is_proposed();
  EXPECT_EQ(*candidates(search("nightly")), (Ids{stored_[0].id, stored_[1].id}));
  EXPECT_EQ(*candidates(search("app nightly", "/env", R"("prod")")), Ids{stored_[0].id});
  EXPECT_TRUE(candidates(search("nothing of this"))->empty());
}

TEST_P(SearchContract, FiledAndNotFiledAreProposedTogether) {
  given_events();
  index_all();
  const auto late = make_worded("late", R"({"n":3})");
  must_append_one(late);
  EXPECT_EQ(*candidates(search("nightly")), (Ids{stored_[0].id, stored_[1].id, late.id}));
  index_all(1);
  EXPECT_EQ(*candidates(search("nightly")), (Ids{stored_[0].id, stored_[1].id}));
  EXPECT_EQ(*candidates(search("late")), Ids{late.id});
}

TEST_P(SearchContract, MoreThanIsWantedIsNoProposal) {
  given_events();
  EXPECT_FALSE(candidates(search("nightly"), stored_.size() - 1).has_value());
  EXPECT_TRUE(candidates(search("nightly"), stored_.size()).has_value());
  index_all();
  EXPECT_FALSE(candidates(search("nightly"), 1).has_value());
  EXPECT_TRUE(candidates(search("nightly"), 2).has_value());
}

TEST_P(SearchContract, SlicesFiledByTwoNodesAtOnceFileEveryEventOnce) {
  given_group_of(1);
  std::vector<domain::Event> events;
  for (int i = 0; i < 700; ++i) events.push_back(make_worded(fmt::format("word{}", i), "{}"));
  must_append(events);
  for (int slice = 0; slice < 1'000; ++slice) {
    auto left = spawn(ports(0).search->index_slice(soon()), 0);
    auto right = spawn(ports(1).search->index_slice(soon()), 1);
    const auto first = left.get();
    const auto second = right.get();
    if (!first.is_behind() && !second.is_behind()) break;
  }
  for (const int i : {0, 99, 100, 249, 250, 699})
    EXPECT_EQ(candidates(search(fmt::format("word{} app", i)))->size(), 1U) << i;
  EXPECT_EQ(run(ports().search->index_slice(soon())).events, 0U);
}

TEST_P(SearchContract, FilingGoesOnWhereItEndedAfterOpeningAgain) {
  given_events();
  index_all();
  close();
  open();
  EXPECT_EQ(run(ports().search->index_slice(soon())).events, 0U);
  EXPECT_EQ(*candidates(search("nightly")), (Ids{stored_[0].id, stored_[1].id}));
}

TEST_P(SearchContract, ProposedEventsAreReadWhole) {
  given_events();
  const std::vector<EventId> ids = {stored_[2].id, EventId{ids_.next(at(0))}, stored_[0].id};
  auto events = run(ports().search->read(ids, soon()));
  ASSERT_EQ(events.size(), 2U);
  std::ranges::sort(events, {}, &domain::Event::id);
  expect_same_event(events[0], stored_[0]);
  expect_same_event(events[1], stored_[2]);
}

TEST_P(SearchContract, ACountIsWhatAllPagesHold) {
  given_events();
  for (int i = 0; i < 30; ++i) {
    auto event = make_worded("more", "{}");
    event.success = i % 3 != 0;
    identify(event, {.name = i % 2 == 0 ? "lib" : "app",
                     .version = std::to_string(i % 4),
                     .release = "1",
                     .platform_id = i % 5 == 0 ? "arm64" : "amd64",
                     .package = "deb"});
    must_append_one(event);
  }
  std::vector<ReceiverId> many = {receivers_[1], receivers_[1]};
  for (int i = 0; i < 600; ++i) many.push_back(ReceiverId{ids_.next(at(i))});
  const auto time = at(110);
  const std::vector<EventQuery> queries = {{},
                                           {.name = "lib"},
                                           {.name = "app", .version = "1"},
                                           {.platform_id = "arm64"},
                                           {.package = "deb"},
                                           {.success = false},
                                           {.receivers = {{receivers_[0]}}},
                                           {.receivers = {{receivers_[0], receivers_[2], receivers_[0]}}},
                                           {.receivers = many},
                                           {.name = "lib", .receivers = {{receivers_[1]}}, .success = true},
                                           {.receivers = std::vector<ReceiverId>{}},
                                           {.since = time, .until = at(120)},
                                           {.start_since = time},
                                           {.end_until = time},
                                           {.name = "nobody"}};
  for (auto query : queries) {
    query.limit = 1'000;
    const auto rows = run(ports().events->list(query, soon())).size();
    query.limit = 1;
    query.after = stored_[0].id;
    EXPECT_EQ(run(ports().events->count(query, soon())), rows);
  }
}

TEST_P(SearchContract, ArtifactsGatesAndKeysAreCounted) {
  const auto group = given_group_of(2);
  for (std::size_t i = 0; i < 5; ++i)
    must_append_one(make_event(receivers_[i % 2], std::to_string(i), i != 0));
  const auto artifacts = [&](ArtifactQuery query) {
    return run(ports().artifacts->count(std::move(query), soon()));
  };
  EXPECT_EQ(artifacts({.limit = 1}), 5U);
  EXPECT_EQ(artifacts({.name = "app", .version = "3"}), 1U);
  EXPECT_EQ(artifacts({.receivers = {{receivers_[1]}}}), 2U);
  EXPECT_EQ(artifacts({.receivers = std::vector<ReceiverId>{}}), 0U);
  const auto gates = [&](std::optional<domain::GateState> state) {
    return run(ports().gates->count({.group_id = group.id, .state = state, .after = {}}, soon()));
  };
  EXPECT_EQ(gates({}), 5U);
  EXPECT_EQ(gates(domain::GateState::failing), 1U);
  EXPECT_EQ(gates(domain::GateState::open), 0U);
  EXPECT_EQ(run(ports().identities->count_api_keys({}, soon())), 0U);
  EXPECT_EQ(run(ports().identities->count_api_keys(user_, soon())), 0U);
}

}  // namespace xzepr::store::contract

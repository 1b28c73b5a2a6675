// The contract of reading events: filters, order, pages.
#pragma once

#include <algorithm>
#include <set>

#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {

class ReadingContract : public StoreContract {
 protected:
  std::vector<EventId> list(EventQuery query) {
    std::vector<EventId> ids;
    for (const auto& event : run(ports().events->list(std::move(query), soon()))) ids.push_back(event.id);
    return ids;
  }
  /// All pages of a query, one after the other.
  std::vector<EventId> list_all(EventQuery query) {
    std::vector<EventId> all;
    while (true) {
      const auto page = list(query);
      all.insert(all.end(), page.begin(), page.end());
      if (page.size() < query.limit) return all;
      query.after = page.back();
    }
  }
  static std::vector<EventId> ids_of(std::vector<domain::Event> events) {
    std::ranges::sort(events, std::ranges::greater{}, &domain::Event::id);
    std::vector<EventId> ids;
    for (const auto& event : events) ids.push_back(event.id);
    return ids;
  }
  /// What the filter would leave, newest first.
  template <class Keep>
  std::vector<EventId> expected(Keep keep) const {
    std::vector<domain::Event> kept;
    for (const auto& event : stored_) {
      if (keep(event)) kept.push_back(event);
    }
    return ids_of(std::move(kept));
  }
  /// 60 events of three receivers with all kinds of fields.
  void given_events() {
    given_group_of(3);
    for (std::size_t i = 0; i < 60; ++i) {
      auto event = make_event(receivers_[i % 3], "1." + std::to_string(i % 5), i % 4 != 0);
      identify(event, {.name = i % 2 == 0 ? "app" : "lib",
                       .version = "1." + std::to_string(i % 5),
                       .release = std::to_string(i % 2 + 1),
                       .platform_id = i % 7 == 0 ? "arm64" : "amd64",
                       .package = i % 6 == 0 ? "rpm" : "deb"});
      event.event_start = event.created_at - std::chrono::seconds(i % 10);
      event.event_end = event.created_at + std::chrono::seconds(i % 8);
      stored_.push_back(event);
    }
    must_append(stored_);
  }

  std::vector<domain::Event> stored_;
};

TEST_P(ReadingContract, NothingStoredIsAnEmptyList) {
  EXPECT_TRUE(list({}).empty());
  EXPECT_TRUE(run(ports().artifacts->list({}, soon())).empty());
}

TEST_P(ReadingContract, EventsAreListedByIdInBothOrders) {
  given_events();
  auto newest_first = list({.limit = 100});
  EXPECT_EQ(newest_first, expected([](const auto&) { return true; }));
  auto oldest_first = list({.order = SortOrder::ascending, .limit = 100});
  std::ranges::reverse(oldest_first);
  EXPECT_EQ(oldest_first, newest_first);
}

TEST_P(ReadingContract, ListedEventsAreComplete) {
  given_events();
  const auto events = run(ports().events->list({.limit = 100}, soon()));
  ASSERT_EQ(events.size(), stored_.size());
  for (auto event : events) {
    const auto original = std::ranges::find(stored_, event.id, &domain::Event::id);
    ASSERT_NE(original, stored_.end());
    event.payload = original->payload;
    EXPECT_TRUE(event == *original);
  }
}

TEST_P(ReadingContract, EachFilterLeavesWhatItNames) {
  given_events();
  const auto name = [](const auto& e) { return e.artifact.name == "lib"; };
  EXPECT_EQ(list({.name = "lib", .limit = 100}), expected(name));
  EXPECT_EQ(list({.version = "1.3", .limit = 100}),
            expected([](const auto& e) { return e.artifact.version == "1.3"; }));
  EXPECT_EQ(list({.release = "2", .limit = 100}),
            expected([](const auto& e) { return e.artifact.release == "2"; }));
  EXPECT_EQ(list({.platform_id = "arm64", .limit = 100}),
            expected([](const auto& e) { return e.artifact.platform_id == "arm64"; }));
  EXPECT_EQ(list({.package = "rpm", .limit = 100}),
            expected([](const auto& e) { return e.artifact.package == "rpm"; }));
  EXPECT_EQ(list({.success = false, .limit = 100}), expected([](const auto& e) { return !e.success; }));
  EXPECT_EQ(list({.success = true, .limit = 100}), expected([](const auto& e) { return e.success; }));
}

TEST_P(ReadingContract, FiltersNarrowEachOther) {
  given_events();
  const EventQuery query{.name = "app",
                         .version = "1.2",
                         .release = "1",
                         .platform_id = "amd64",
                         .package = "deb",
                         .limit = 100};
  EXPECT_EQ(list(query), expected([](const auto& e) {
              const auto& a = e.artifact;
              return a.name == "app" && a.version == "1.2" && a.release == "1" && a.platform_id == "amd64" &&
                     a.package == "deb";
            }));
  EXPECT_EQ(list({.name = "app", .receivers = {{receivers_[1]}}, .success = true, .limit = 100}),
            expected([&](const auto& e) {
              return e.artifact.name == "app" && e.receiver_id == receivers_[1] && e.success;
            }));
  EXPECT_TRUE(list({.name = "app", .version = "none"}).empty());
  EXPECT_TRUE(list({.name = "nobody"}).empty());
}

TEST_P(ReadingContract, ReceiversLimitTheListToTheirEvents) {
  given_events();
  const auto is_of = [](const auto& event, const auto& receivers) {
    return std::ranges::find(receivers, event.receiver_id) != receivers.end();
  };
  for (const auto& wanted :
       {std::vector{receivers_[0]}, std::vector{receivers_[2], receivers_[0]}, receivers_}) {
    EXPECT_EQ(list({.receivers = wanted, .limit = 100}),
              expected([&](const auto& e) { return is_of(e, wanted); }));
  }
  EXPECT_TRUE(list({.receivers = std::vector<ReceiverId>{}}).empty());
  EXPECT_TRUE(list({.receivers = std::vector{ReceiverId{ids_.next(at(0))}}}).empty());
}

TEST_P(ReadingContract, ManyReceiversLimitTheListAsFewDo) {
  given_events();
  std::vector<ReceiverId> wanted = {receivers_[1]};
  for (int i = 0; i < 600; ++i) wanted.push_back(ReceiverId{ids_.next(at(i))});
  EXPECT_EQ(list({.receivers = wanted, .limit = 100}),
            expected([&](const auto& e) { return e.receiver_id == receivers_[1]; }));
}

TEST_P(ReadingContract, TimeRangesAreHalfOpen) {
  given_events();
  const auto from = stored_[10].created_at;
  const auto to = stored_[20].created_at;
  EXPECT_EQ(list({.since = from, .until = to, .limit = 100}),
            expected([&](const auto& e) { return e.created_at >= from && e.created_at < to; }));
  EXPECT_EQ(list({.until = to, .order = SortOrder::descending, .limit = 5}).front(), stored_[19].id);
  EXPECT_EQ(list({.start_since = from, .end_until = to, .limit = 100}),
            expected([&](const auto& e) { return e.event_start >= from && e.event_end < to; }));
  EXPECT_EQ(list({.start_since = from, .limit = 100}),
            expected([&](const auto& e) { return e.event_start >= from; }));
  EXPECT_EQ(list({.end_until = to, .limit = 100}), expected([&](const auto& e) { return e.event_end < to; }));
  EXPECT_TRUE(list({.since = to, .until = to}).empty());
}

TEST_P(ReadingContract, TimeRangesHoldForEventsWhoseIdsWereMintedAtAnotherTime) {
  const auto receiver = given_receiver("build");
  auto event = make_event(receiver.id, "1.0");
  event.id = EventId{UlidSource().next(event.created_at + std::chrono::hours{30})};  // the clock went back
  must_append_one(event);
  auto other = make_event(receiver.id, "1.0");
  other.id = EventId{UlidSource().next(other.created_at - std::chrono::hours{30})};
  must_append_one(other);
  const auto second = std::chrono::seconds{1};
  EXPECT_EQ(list({.since = event.created_at, .until = event.created_at + second}), std::vector{event.id});
  EXPECT_EQ(list({.since = other.created_at, .until = other.created_at + second}), std::vector{other.id});
}

TEST_P(ReadingContract, PagesFollowEachOtherWithoutGapOrRepeat) {
  given_events();
  for (const auto order : {SortOrder::ascending, SortOrder::descending}) {
    EXPECT_EQ(list_all({.order = order, .limit = 7}), list({.order = order, .limit = 100}));
    EXPECT_EQ(list_all({.name = "app", .order = order, .limit = 7}),
              list({.name = "app", .order = order, .limit = 100}));
    const std::vector<ReceiverId> two = {receivers_[0], receivers_[1]};
    EXPECT_EQ(list_all({.receivers = two, .order = order, .limit = 7}),
              list({.receivers = two, .order = order, .limit = 100}));
    EXPECT_EQ(list_all({.success = false, .order = order, .limit = 7}),
              list({.success = false, .order = order, .limit = 100}));
    EXPECT_EQ(list_all({.start_since = at(0), .order = order, .limit = 7}),
              list({.order = order, .limit = 100}));
  }
}

TEST_P(ReadingContract, PagingUnderInsertsNeitherSkipsNorRepeatsWhatWasThere) {
  given_events();
  for (const auto order : {SortOrder::ascending, SortOrder::descending}) {
    const auto there = list({.order = order, .limit = 1'000});
    std::vector<EventId> seen;
    EventQuery query{.order = order, .limit = 5};
    while (true) {
      const auto page = list(query);
      seen.insert(seen.end(), page.begin(), page.end());
      if (page.size() < query.limit || seen.size() > 2 * there.size()) break;
      query.after = page.back();
      must_append_one(make_event(receivers_[0], "9.9"));
    }
    std::vector<EventId> old;
    for (const auto id : seen) {
      if (std::ranges::find(there, id) != there.end()) old.push_back(id);
    }
    EXPECT_EQ(old, there);
  }
}

TEST_P(ReadingContract, AnArtifactIsFoundByItsIdAndListedByItsFields) {
  given_events();
  const auto& event = stored_[7];
  const auto found = run(ports().artifacts->find(event.artifact_id, soon()));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->artifact, event.artifact);
  EXPECT_EQ(found->id, event.artifact_id);
  EXPECT_EQ(found->first_seen_at, event.created_at);
  EXPECT_FALSE(run(ports().artifacts->find(domain::ArtifactId{}, soon())).has_value());
  const auto& a = event.artifact;
  const auto exact = run(ports().artifacts->list({.name = a.name,
                                                  .version = a.version,
                                                  .release = a.release,
                                                  .platform_id = a.platform_id,
                                                  .package = a.package},
                                                 soon()));
  ASSERT_EQ(exact.size(), 1U);
  EXPECT_EQ(exact[0].id, event.artifact_id);
  for (const auto& one : run(ports().artifacts->list({.version = "1.3", .package = "rpm"}, soon()))) {
    EXPECT_EQ(one.artifact.version, "1.3");
    EXPECT_EQ(one.artifact.package, "rpm");
  }
  EXPECT_TRUE(run(ports().artifacts->list({.name = "nobody"}, soon())).empty());
}

TEST_P(ReadingContract, ArtifactsPageByIdAndAreLimitedToReceivers) {
  given_events();
  const auto all = run(ports().artifacts->list({.limit = 1'000}, soon()));
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &ArtifactListing::id));
  const std::vector<std::optional<std::string>> names = {std::nullopt, "app"};
  for (const auto& name : names) {
    std::vector<domain::ArtifactId> paged;
    ArtifactQuery query{.name = name, .limit = 3};
    while (true) {
      const auto page = run(ports().artifacts->list(query, soon()));
      for (const auto& one : page) paged.push_back(one.id);
      if (page.size() < query.limit) break;
      query.after = page.back().id;
    }
    std::vector<domain::ArtifactId> expected;
    for (const auto& one : all) {
      if (!name || one.artifact.name == *name) expected.push_back(one.id);
    }
    EXPECT_EQ(paged, expected);
  }
  std::set<domain::ArtifactId> of_receiver;
  for (const auto& event : stored_) {
    if (event.receiver_id == receivers_[1]) of_receiver.insert(event.artifact_id);
  }
  const auto some = run(ports().artifacts->list({.receivers = {{receivers_[1]}}, .limit = 1'000}, soon()));
  EXPECT_EQ(some.size(), of_receiver.size());
  EXPECT_TRUE(run(ports().artifacts->list({.receivers = std::vector<ReceiverId>{}}, soon())).empty());
}

TEST_P(ReadingContract, ATimelineHoldsEveryRowInOrderOfArrival) {
  const auto group = given_group_of(2);
  const auto first = make_event(receivers_[0], "1.0");
  const auto second = make_event(receivers_[1], "1.0");
  must_append({first, second});
  must_append_one(make_event(receivers_[1], "2.0"));
  const auto rows = timeline(first.artifact_id);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_TRUE(
      std::ranges::is_sorted(rows, {}, [](const TimelineEntry& entry) { return entry.row.position; }));
  ASSERT_TRUE(rows[0].event.has_value());
  EXPECT_EQ(rows[0].event->id, first.id);
  EXPECT_EQ(rows[0].row.kind, domain::JournalKind::event_created);
  EXPECT_EQ(rows[0].row.receiver_id, first.receiver_id);
  EXPECT_EQ(rows[0].row.artifact_id, first.artifact_id);
  const auto& complete = rows[2].row;
  EXPECT_FALSE(rows[2].event.has_value());
  EXPECT_EQ(complete.kind, domain::JournalKind::group_complete);
  EXPECT_EQ(complete.cause, domain::JournalCause::event);
  EXPECT_EQ(complete.event_id, second.id);
  EXPECT_EQ(complete.group_id, group.id);
  EXPECT_EQ(complete.group_version, group.resource_version);
  EXPECT_EQ(complete.satisfying, std::vector{first.id});
  const auto rest = timeline(first.artifact_id, rows[0].row.position, 1);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].row, rows[1].row);
  EXPECT_TRUE(timeline(domain::ArtifactId{}).empty());
}

}  // namespace xzepr::store::contract

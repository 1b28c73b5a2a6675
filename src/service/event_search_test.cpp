#include "service/event_search.hpp"

#include "base/limits.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class EventSearch : public World {
 protected:
  Result<Page<domain::Event>> page(const Caller& caller, EventFilter filter, PageRequest request = {}) {
    const Context context = as(caller);
    return run(events.list(context, std::move(filter), std::move(request)));
  }
};

}  // namespace

TEST(EventQueryFilters, PassWhatTheStoresWouldList) {
  domain::Event event;
  event.artifact = {.name = "app", .version = "1", .release = "2", .platform_id = "amd64", .package = "deb"};
  event.created_at = event.event_start = at(10);
  event.event_end = at(20);
  EXPECT_TRUE(passes({}, event));
  EXPECT_TRUE(passes(
      {.name = "app", .version = "1", .release = "2", .platform_id = "amd64", .package = "deb"}, event));
  EXPECT_FALSE(passes({.name = "APP"}, event));
  EXPECT_FALSE(passes({.package = "rpm"}, event));
  EXPECT_TRUE(passes({.receivers = {{ReceiverId{}}}, .success = true}, event));
  EXPECT_FALSE(passes({.receivers = std::vector<ReceiverId>{}}, event));
  EXPECT_FALSE(passes({.success = false}, event));
  EXPECT_TRUE(passes({.since = at(10), .until = at(11), .start_since = at(10), .end_until = at(21)}, event));
  EXPECT_FALSE(passes({.since = at(11)}, event));
  EXPECT_FALSE(passes({.until = at(10)}, event));
  EXPECT_FALSE(passes({.start_since = at(11)}, event));
  EXPECT_FALSE(passes({.end_until = at(20)}, event));
}

TEST_F(EventSearch, FindsEventsByWordsAndPayload) {
  given_receiver("scan");
  auto event = new_event("scan", "web");
  event.description = "Nightly scan";
  event.payload = json_of(R"({"count":3})");
  const auto wanted = given_event(event);
  event.payload = json_of(R"({"count":4})");
  given_event(event);
  event.payload = json_of(R"({"count":3})");
  event.description = "weekly";
  given_event(event);
  EventFilter filter;
  filter.q = "NIGHTLY we";
  filter.payload = {{.pointer = "/count", .text = "3.0"}};
  for (const bool walks : {false, true}) {
    store.proposes_too_many = walks;
    const auto found = page(viewer, filter, {.limit = 10, .after = {}, .wants_total = true});
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->items.size(), 1U);
    EXPECT_EQ(found->items[0].id, wanted.id);
    EXPECT_EQ(found->total, 1U);
    EXPECT_TRUE(page(stranger, filter)->items.empty());
  }
}

TEST_F(EventSearch, ASearchGoesFromPageToPageInBothOrdersWithAndWithoutTheIndex) {
  given_receiver("scan");
  for (int i = 0; i < 300; ++i) given_event(new_event("scan", i % 3 == 0 ? "lib" : "app"));
  for (const bool walks : {false, true}) {
    for (const auto order : {store::SortOrder::ascending, store::SortOrder::descending}) {
      store.proposes_too_many = walks;
      EventFilter filter;
      filter.q = "li";
      filter.order = order;
      std::vector<EventId> seen;
      PageRequest request{.limit = 7, .after = {}};
      do {
        const auto part = page(viewer, filter, request);
        ASSERT_TRUE(part.has_value());
        for (const auto& event : part->items) seen.push_back(event.id);
        request.after = part->next;
      } while (request.after);
      EXPECT_EQ(seen.size(), 100U);
      EXPECT_TRUE(order == store::SortOrder::ascending ? std::ranges::is_sorted(seen)
                                                       : std::ranges::is_sorted(seen, std::greater<>()));
    }
  }
}

TEST_F(EventSearch, AWalkEndsAfterManyRowsWithAPageThatIsNotFull) {
  given_receiver("scan");
  given_event(new_event("scan", "needle"));
  const auto needle = store.events.front();
  for (std::size_t i = 0; i < limits::search_rows_max + 500; ++i) {
    auto hay = needle;
    hay.artifact.name = "hay";
    hay.id = EventId{ids.next(at(200))};
    store.events.push_back(hay);
  }
  store.proposes_too_many = true;
  EventFilter filter;
  filter.q = "needle";
  const auto first = page(viewer, filter);
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(first->items.empty());
  ASSERT_TRUE(first->next.has_value());
  const auto second = page(viewer, filter, {.limit = 50, .after = first->next, .wants_total = true});
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_FALSE(second->next.has_value());
  EXPECT_EQ(second->total, 1U);
}

TEST_F(EventSearch, ASearchOutOfTimeSaysSoAndGivesNoWrongTotal) {
  given_receiver("scan");
  given_event(new_event("scan"));
  EventFilter filter;
  filter.q = "app";
  Context late = as(viewer);
  late.deadline = Deadline::after(std::chrono::seconds{-1});
  for (const bool walks : {false, true}) {
    store.proposes_too_many = walks;
    EXPECT_EQ(code_of(run(events.list(late, filter, {.limit = 1, .after = {}, .wants_total = true}))),
              "deadline_exceeded");
  }
}

TEST_F(EventSearch, ASearchThatCannotBeOneIsRefusedWithItsPlace) {
  EventFilter filter;
  filter.q = std::string(256, 'q');
  filter.payload = {{.pointer = "count", .text = "1"},
                    {.pointer = "/a~2", .text = "1"},
                    {.pointer = "/a", .text = std::string(1'025, 'x')},
                    {.pointer = "/b", .text = std::string("a\0b", 3)}};
  EXPECT_EQ(places(page(viewer, filter)),
            (std::vector<std::string>{"/q maxLength", "/payload.count payload", "/payload.~1a~02 payload",
                                      "/payload.~1a payload", "/payload.~1b payload"}));
}

}  // namespace xzepr::service

#include "service/event_cache.hpp"

#include <gtest/gtest.h>

namespace xzepr::service {
namespace {

domain::Event event(std::uint8_t number, std::string payload = "{}") {
  domain::Event made;
  made.id.value.bytes[0] = number;
  made.payload = std::move(payload);
  return made;
}

EventId id(std::uint8_t number) { return event(number).id; }

TEST(EventCache, KeepsWhatWasRead) {
  EventCache cache;
  EXPECT_EQ(cache.find(id(1)), nullptr);
  const auto kept = cache.keep(event(1, R"({"a":1})"));
  EXPECT_EQ(kept->event.payload, R"({"a":1})");
  EXPECT_EQ(cache.find(id(1)), kept);
  EXPECT_EQ(cache.find(id(2)), nullptr);
}

TEST(EventCache, LetsGoOfWhatWasNotAskedForTheLongest) {
  EventCache cache(40'000);
  for (std::uint8_t i = 1; i <= 20; ++i) cache.keep(event(i));
  (void)cache.find(id(1));
  for (std::uint8_t i = 21; i <= 30; ++i) cache.keep(event(i));
  EXPECT_NE(cache.find(id(1)), nullptr);
  EXPECT_EQ(cache.find(id(2)), nullptr);
  EXPECT_NE(cache.find(id(30)), nullptr);
  EXPECT_LT(cache.size(), 26U);
}

TEST(EventCache, DoesNotGiveItsRoomToOne) {
  EventCache cache(40'000);
  cache.keep(event(1));
  const auto large = cache.keep(event(2, std::string(20'000, 'x')));
  EXPECT_EQ(large->event.payload.size(), 20'000U);
  EXPECT_EQ(cache.find(id(2)), nullptr);
  EXPECT_NE(cache.find(id(1)), nullptr);
}

TEST(EventCache, KeepsAnEventThatTwoReadAtOnceOnlyOnce) {
  EventCache cache;
  const auto first = cache.keep(event(1));
  const auto second = cache.keep(event(1));
  EXPECT_EQ(first->event, second->event);
  EXPECT_EQ(cache.find(id(1)), first);
  EXPECT_EQ(cache.size(), 1U);
}

}  // namespace
}  // namespace xzepr::service

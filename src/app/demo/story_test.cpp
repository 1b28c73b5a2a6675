#include "app/demo/story.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "json/write.hpp"

namespace xzepr::app::demo {
namespace {

std::string told(std::uint64_t seed, int count) {
  Story story(seed);
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto event = story.next();
    text += fmt::format("{} {} {} {}\n", event.number, event.age.count(), event.is_repeat,
                        json::write(client::body_of(event.event)));
  }
  return text;
}

TEST(Story, OneSeedTellsOneStory) {
  EXPECT_EQ(told(7, 500), told(7, 500));
  EXPECT_NE(told(7, 500), told(8, 500));
}

TEST(Story, HasPassingFailingLateAndRepeatedEventsOfEveryKind) {
  Story story(1);
  std::map<std::string, int> receivers;
  std::map<std::uint64_t, std::string> bodies;
  std::set<std::string> artifacts;
  int failed = 0, late = 0, repeated = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto event = story.next();
    ++receivers[event.event.receiver];
    artifacts.insert(event.event.name + "@" + event.event.version);
    failed += event.event.success ? 0 : 1;
    late += event.age.count() > 60 ? 1 : 0;
    repeated += event.is_repeat ? 1 : 0;
    const auto body = json::write(client::body_of(event.event));
    const auto [first, is_new] = bodies.emplace(event.number, body);
    EXPECT_EQ(is_new, !event.is_repeat);
    EXPECT_EQ(first->second, body) << "an event that is sent again is the same";
  }
  EXPECT_EQ(receivers.size(), 8U);
  EXPECT_GT(artifacts.size(), 20U);
  EXPECT_GT(failed, 40);
  EXPECT_GT(late, 20);
  EXPECT_GT(repeated, 20);
  EXPECT_TRUE(artifacts.contains(story.first_artifact()));
}

}  // namespace
}  // namespace xzepr::app::demo

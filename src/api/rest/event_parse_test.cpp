#include "api/rest/event_parse.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::string_view nvrpp =
    R"("name":"app","version":"1.0.0","release":"1","platform_id":"amd64","package":"deb")";

Result<service::NewEvent> parse(const std::string& members, ItemKey item_key = ItemKey::refused) {
  return parse_new_event(json::parse("{" + std::string(nvrpp) + members + "}").value(), item_key);
}

TEST(NewEvent, HasItsDefaults) {
  const auto event = parse("");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->name, "app");
  EXPECT_EQ(event->package, "deb");
  EXPECT_EQ(event->description, "");
  EXPECT_EQ(json::write(event->payload), "{}");
  EXPECT_TRUE(event->success);
  EXPECT_FALSE(event->event_start || event->receiver_id || event->receiver);
}

TEST(NewEvent, TakesEveryMember) {
  const auto event = parse(
      R"(,"description":"d","payload":{"b":1,"a":[true]},"success":false,"event_start":"2026-01-01T00:00:00+01:00","event_end":"2026-01-01T00:00:00Z","event_receiver":"scan@1")");
  ASSERT_TRUE(event);
  EXPECT_EQ(json::write(event->payload), R"({"b":1,"a":[true]})");
  EXPECT_FALSE(event->success);
  EXPECT_LT(event->event_start, event->event_end);
  EXPECT_EQ(event->receiver, "scan@1");
}

TEST(NewEvent, KeepsAPayloadOfAnyType) {
  EXPECT_EQ(json::write(parse(R"(,"payload":null)")->payload), "null");
  EXPECT_EQ(json::write(parse(R"(,"payload":7)")->payload), "7");
}

TEST(NewEvent, ReportsEveryFaultAtOnce) {
  const auto event = parse_new_event(
      json::parse(
          R"({"name":1,"version":"1","release":"1","platform_id":"x","success":"yes","event_start":"soon","event_receiver_id":"scan","id":"x"})")
          .value(),
      ItemKey::refused);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, "request_invalid");
  std::vector<std::string> pointers;
  for (const auto& violation : event.error().violations) pointers.push_back(violation.pointer);
  for (const std::string pointer :
       {"/name", "/package", "/success", "/event_start", "/event_receiver_id", "/id"}) {
    EXPECT_NE(std::ranges::find(pointers, pointer), pointers.end()) << pointer;
  }
}

TEST(NewEvent, HasOneReceiverAtMost) {
  EXPECT_FALSE(parse(R"(,"event_receiver_id":"01JE0000000000000000000000","event_receiver":"scan")"));
  EXPECT_TRUE(parse(R"(,"event_receiver_id":"0193a5c8-0000-0000-0000-000000000000")"));
}

TEST(NewEvent, CarriesAKeyOnlyInABatch) {
  EXPECT_FALSE(parse(R"(,"idempotency_key":"k")"));
  EXPECT_EQ(parse(R"(,"idempotency_key":"k")", ItemKey::allowed)->idempotency_key, "k");
  EXPECT_FALSE(parse(R"(,"idempotency_key":"a b")", ItemKey::allowed));
}

TEST(NewEvent, IsAnObject) {
  for (const std::string_view text : {"[]", "1", "null", "\"x\""}) {
    EXPECT_FALSE(parse_new_event(json::parse(text).value(), ItemKey::refused)) << text;
  }
}

}  // namespace
}  // namespace xzepr::api::rest

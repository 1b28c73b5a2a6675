#include "domain/event_text.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {
namespace {

std::string text_of(const Event& event, EventDetail detail) {
  std::string out;
  json::ObjectText object(out);
  add_event(object, event, detail);
  object.close();
  return out;
}

TEST(EventText, TellsAllOfAnEventOrItsNames) {
  Event event;
  event.artifact = {.name = "app", .version = "1", .release = "2", .platform_id = "amd64", .package = "deb"};
  event.description = "a \"text\"";
  event.payload = R"({"a": 1})";
  const std::string before =
      R"({"id":"00000000000000000000000000","name":"app","version":"1","release":"2","platform_id":"amd64",)"
      R"("package":"deb")";
  const std::string own = R"(,"description":"a \"text\"","payload":{"a": 1})";
  const std::string after =
      R"(,"success":true,"event_start":"1970-01-01T00:00:00.000000Z",)"
      R"("event_end":"1970-01-01T00:00:00.000000Z","event_receiver_id":"00000000000000000000000000",)"
      R"("receiver_version":1,"artifact_id":"00000000000000000000000000000000",)"
      R"("created_at":"1970-01-01T00:00:00.000000Z","updated_at":"1970-01-01T00:00:00.000000Z",)"
      R"("created_by":"00000000000000000000000000"})";
  EXPECT_EQ(text_of(event, EventDetail::whole), before + own + after);
  EXPECT_EQ(text_of(event, EventDetail::names), before + after);
  event.payload.clear();
  EXPECT_EQ(text_of(event, EventDetail::whole), before + R"(,"description":"a \"text\"")" + after);
}

}  // namespace
}  // namespace xzepr::domain

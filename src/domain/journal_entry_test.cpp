#include "domain/journal_entry.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {
namespace {

TEST(Revision, AReceiversSchemaIsNoPartOfItsBrief) {
  const std::string body =
      R"({"id":"1","type":"dev.a","schema":{"type":"object","maximum":1e300},"enabled":true})";
  const auto revision = parse_revision(body);
  ASSERT_TRUE(revision.has_value());
  EXPECT_EQ(revision->type, "dev.a");
  EXPECT_EQ(revision->body, body);
  EXPECT_EQ(revision->brief, R"({"id":"1","type":"dev.a","enabled":true})");
}

TEST(Revision, AGroupIsBriefAsItIs) {
  const std::string body = R"({"type":"dev.g","members":[]})";
  EXPECT_EQ(parse_revision(body)->brief, body);
}

TEST(Revision, WithoutATypeThereIsNone) {
  for (const auto* text : {"", "[]", "{}", R"({"type":1})", R"({"type":"a")"})
    EXPECT_FALSE(parse_revision(text).has_value()) << text;
}

TEST(JournalEntry, PayloadsAndDescriptionsAreWhatMayBeLong) {
  JournalEntry entry;
  EXPECT_EQ(text_bytes(entry), 0U);
  entry.events.resize(2);
  entry.events[0].payload = "{}";
  entry.events[1].payload = "[1]";
  entry.events[1].description = "four";
  entry.events[1].artifact.name = "not counted";
  EXPECT_EQ(text_bytes(entry), 9U);
}

}  // namespace
}  // namespace xzepr::domain

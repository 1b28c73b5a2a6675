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

}  // namespace
}  // namespace xzepr::domain

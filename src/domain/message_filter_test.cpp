#include "domain/message_filter.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {
namespace {

JournalEntry entry_of(JournalKind kind, bool is_passed = true) {
  JournalEntry entry;
  entry.row.kind = kind;
  entry.row.group_id = GroupId{};
  entry.receiver =
      std::make_shared<const Revision>(Revision{.type = "dev.scan", .body = "{}", .brief = "{}"});
  entry.group = std::make_shared<const Revision>(Revision{.type = "dev.ready", .body = "{}", .brief = "{}"});
  if (has_events(kind)) {
    Event event;
    event.artifact = {.name = "app", .version = "7", .release = "1", .platform_id = "p", .package = "d"};
    event.success = is_passed;
    entry.events.push_back(std::move(event));
  }
  return entry;
}

}  // namespace

TEST(MessageFilter, GlobsMatchWholeNames) {
  for (const auto& [pattern, text] :
       {std::pair("app@*", "app@1.0+1/p/d"), std::pair("*", ""), std::pair("a*b*c", "axxbyyc"),
        std::pair("a?c", "abc"), std::pair("**", "x"), std::pair("", ""), std::pair("a*a", "aba")})
    EXPECT_TRUE(glob_matches(pattern, text)) << pattern << " " << text;
  for (const auto& [pattern, text] :
       {std::pair("app", "app@1"), std::pair("a*b", "abc"), std::pair("?", ""), std::pair("a?c", "ac"),
        std::pair("", "x"), std::pair("[a]", "a"), std::pair("*b*", "aaa")})
    EXPECT_FALSE(glob_matches(pattern, text)) << pattern << " " << text;
  EXPECT_FALSE(glob_matches(std::string(1'000, '*') + "b", std::string(10'000, 'a'))) << "and soon";
}

TEST(MessageFilter, FactsAreThoseOfWhatTheMessageIsAbout) {
  const auto event = facts_of(entry_of(JournalKind::event_created, false));
  EXPECT_EQ(event.type, "dev.scan");
  EXPECT_EQ(event.artifact, "app@7+1/p/d");
  EXPECT_FALSE(event.is_success);
  const auto complete = facts_of(entry_of(JournalKind::group_complete));
  EXPECT_EQ(complete.type, "dev.ready");
  EXPECT_TRUE(complete.is_success);
  EXPECT_FALSE(facts_of(entry_of(JournalKind::gate_closed)).is_success);
  EXPECT_EQ(facts_of(entry_of(JournalKind::gate_closed)).artifact, "");
}

TEST(MessageFilter, EachPartMustMatch) {
  const auto facts = facts_of(entry_of(JournalKind::event_created));
  EXPECT_TRUE(MessageFilter().matches(facts));
  EXPECT_TRUE(MessageFilter({.type = "dev.scan", .artifact = "app@7*", .is_success = true}).matches(facts));
  EXPECT_TRUE(MessageFilter({.group = GroupId{}}).matches(facts));
  EXPECT_FALSE(MessageFilter({.type = "dev"}).matches(facts));
  EXPECT_FALSE(MessageFilter({.artifact = "app@8*"}).matches(facts));
  EXPECT_FALSE(MessageFilter({.is_success = false}).matches(facts));
  auto other = facts;
  other.group_id.reset();
  EXPECT_FALSE(MessageFilter({.group = GroupId{}}).matches(other));
}

}  // namespace xzepr::domain

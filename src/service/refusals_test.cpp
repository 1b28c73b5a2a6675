#include "service/refusals.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace xzepr::service {

TEST(Refusals, AnUnknownReceiverInARequestIsTheInputsFault) {
  const Error error = receiver_unknown_in("event_receiver", "scan");
  EXPECT_EQ(error.kind, Errc::invalid);
  EXPECT_EQ(error.code, "receiver_unknown");
  EXPECT_EQ(error.field, "event_receiver");
  ASSERT_EQ(error.violations.size(), 1U);
  EXPECT_EQ(error.violations[0].pointer, "/event_receiver");
  EXPECT_EQ(receiver_unknown("scan").kind, Errc::not_found);
}

TEST(Refusals, ShowCallersTextCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "\u20ac";
  EXPECT_TRUE(is_valid_utf8(shown(text)));
  EXPECT_LT(shown(text).size(), 110U);
  EXPECT_EQ(shown("short"), "short");
  EXPECT_EQ(shown("\xff"), "(not UTF-8)");
}

TEST(Refusals, PrefixPutsEveryPointerBelowAnItem) {
  std::vector<Violation> violations{{.pointer = "/a", .keyword = "k", .message = "m"}};
  prefix_pointers(violations, "/3");
  EXPECT_EQ(violations[0].pointer, "/3/a");
}

TEST(Refusals, NameTheFixedFields) {
  const Error error = field_fixed("receiver", {"name", "type"});
  EXPECT_EQ(error.code, "field_fixed");
  EXPECT_EQ(error.field, "name");
  EXPECT_EQ(error.violations.size(), 2U);
}

}  // namespace xzepr::service

#include "api/rest/batch_parse.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

TEST(BatchItem, IsNoLargerThanARequest) {
  const std::string text = "\"" + std::string(limits::body_bytes_max - 1, 'a') + "\"";
  EXPECT_EQ(parse_item(text, ItemKey::allowed).error().code, "item_too_large");
  EXPECT_EQ(parse_item(text.substr(1), ItemKey::allowed).error().code, "json_invalid");
}

TEST(BatchItem, PointsIntoTheWholeBatch) {
  std::vector<Violation> violations;
  add_item_violations(violations, 3, parse_item("{}", ItemKey::refused).error());
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].pointer, "/3/name");
  add_item_violations(violations, 4, Error{.kind = Errc::too_large, .code = "item_too_large", .detail = "d"});
  EXPECT_EQ(violations.back().pointer, "/4");
  EXPECT_EQ(violations.back().keyword, "item_too_large");
}

}  // namespace
}  // namespace xzepr::api::rest

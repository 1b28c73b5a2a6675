#include "api/rest/batch_parse.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

using Items = std::vector<std::string_view>;

Items split(std::string_view body, BatchFormat format = BatchFormat::array) {
  return split_batch(body, format).value();
}
std::string_view refusal(std::string_view body, BatchFormat format = BatchFormat::array) {
  const auto items = split_batch(body, format);
  return items ? "" : items.error().code;
}

TEST(Batch, IsCutAtTheCommasOfItsArray) {
  EXPECT_EQ(split("[1]"), (Items{"1"}));
  EXPECT_EQ(split(" [ {\"a\":[1,2]} , {\"b\":{}} ]\n"), (Items{"{\"a\":[1,2]}", "{\"b\":{}}"}));
  EXPECT_EQ(split(R"(["a,]\"}",{"x":"[\\"}])"), (Items{R"("a,]\"}")", R"({"x":"[\\"})"}));
}

TEST(Batch, LeavesABrokenItemToItsOwnParser) {
  EXPECT_EQ(split("[{\"a\":},{\"b\":1}]"), (Items{"{\"a\":}", "{\"b\":1}"}));
  EXPECT_EQ(split("[1,,2]"), (Items{"1", "", "2"}));
  EXPECT_EQ(split("[1,]"), (Items{"1", ""}));
}

TEST(Batch, IsRefusedWhenItIsNoArray) {
  for (const std::string_view body :
       {"", "{}", "[", "[1", "1]", "[1]]", "[1}", "[1] [2]", "[\"a]", "[1]x", "[{]"}) {
    EXPECT_EQ(refusal(body), "json_invalid") << body;
  }
}

TEST(Batch, IsRefusedWhenItIsEmpty) {
  EXPECT_EQ(refusal("[]"), "batch_invalid");
  EXPECT_EQ(refusal("[ \n ]"), "batch_invalid");
  EXPECT_EQ(refusal("\n \r\n", BatchFormat::lines), "batch_invalid");
}

TEST(Batch, IsCutAtLineEnds) {
  EXPECT_EQ(split("{\"a\":1}\r\n\n {\"b\":2}", BatchFormat::lines), (Items{"{\"a\":1}", "{\"b\":2}"}));
}

TEST(Batch, HasBoundedItems) {
  std::string lines;
  for (std::size_t i = 0; i < limits::batch_items_max; ++i) lines += "1\n";
  EXPECT_EQ(split(lines, BatchFormat::lines).size(), limits::batch_items_max);
  lines += "1\n";
  EXPECT_EQ(refusal(lines, BatchFormat::lines), "batch_too_large");
  std::string array = "[1";
  for (std::size_t i = 0; i < limits::batch_items_max; ++i) array += ",1";
  EXPECT_EQ(refusal(array + "]"), "batch_too_large");
}

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

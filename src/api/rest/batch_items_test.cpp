#include "api/rest/batch_items.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

struct Outcome {
  std::vector<std::string> items;
  std::string_view code;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome cut(std::string_view body, BatchFormat format, std::size_t piece) {
  BatchItems items(format);
  Outcome outcome;
  while (true) {
    auto item = items.next();
    if (!item) {
      outcome.code = item.error().code;
      return outcome;
    }
    if (*item) {
      outcome.items.emplace_back(**item);
    } else if (items.is_complete()) {
      return outcome;
    } else if (body.empty()) {
      items.finish();
    } else {
      items.feed(body.substr(0, piece));
      body.remove_prefix(std::min(piece, body.size()));
    }
  }
}

// However the bytes arrive.
Outcome cut(std::string_view body, BatchFormat format = BatchFormat::array) {
  auto whole = cut(body, format, body.size() + 1);
  for (std::size_t piece = 1; piece < std::min<std::size_t>(body.size(), 50); ++piece)
    EXPECT_EQ(cut(body, format, piece), whole) << body << " in pieces of " << piece;
  return whole;
}

using Items = std::vector<std::string>;

TEST(BatchItems, AreCutAtTheCommasOfTheirArray) {
  EXPECT_EQ(cut("[1]").items, (Items{"1"}));
  EXPECT_EQ(cut(" [ {\"a\":[1,2]} , {\"b\":{}} ]\n").items, (Items{"{\"a\":[1,2]}", "{\"b\":{}}"}));
  EXPECT_EQ(cut(R"(["a,]\"}",{"x":"[\\"}])").items, (Items{R"("a,]\"}")", R"({"x":"[\\"})"}));
}

TEST(BatchItems, LeaveABrokenItemToItsOwnParser) {
  EXPECT_EQ(cut("[{\"a\":},{\"b\":1}]").items, (Items{"{\"a\":}", "{\"b\":1}"}));
  EXPECT_EQ(cut("[1,,2]").items, (Items{"1", "", "2"}));
  EXPECT_EQ(cut("[1,]").items, (Items{"1", ""}));
  EXPECT_EQ(cut("[,]").items, (Items{"", ""}));
}

TEST(BatchItems, AreRefusedWhenTheBodyIsNoArray) {
  for (const std::string_view body :
       {"", "{}", "[", "[1", "1]", "[1]]", "[1}", "[1] [2]", "[\"a]", "[1]x", "[{]", "[]x"}) {
    EXPECT_EQ(cut(body).code, "json_invalid") << body;
  }
}

TEST(BatchItems, AreAskedForWhenThereIsNone) {
  EXPECT_EQ(cut("[]").code, "batch_invalid");
  EXPECT_EQ(cut("[ \n ]").code, "batch_invalid");
  EXPECT_EQ(cut("\n \r\n", BatchFormat::lines).code, "batch_invalid");
  EXPECT_EQ(cut("", BatchFormat::lines).code, "batch_invalid");
}

TEST(BatchItems, AreCutAtLineEnds) {
  EXPECT_EQ(cut("{\"a\":1}\r\n\n {\"b\":2}", BatchFormat::lines).items, (Items{"{\"a\":1}", "{\"b\":2}"}));
}

TEST(BatchItems, ComeBeforeTheFaultBehindThem) {
  EXPECT_EQ(cut("[1,2"), (Outcome{{"1"}, "json_invalid"}));
  EXPECT_EQ(cut("[1] 2"), (Outcome{{"1"}, "json_invalid"}));
}

TEST(BatchItems, HaveABoundedNumber) {
  std::string lines;
  for (std::size_t i = 0; i < limits::batch_items_max; ++i) lines += "1\n";
  EXPECT_EQ(cut(lines, BatchFormat::lines, 4'000).items.size(), limits::batch_items_max);
  lines += "1\n";
  const auto refused = cut(lines, BatchFormat::lines, 4'000);
  EXPECT_EQ(refused.code, "batch_too_large");
  EXPECT_EQ(refused.items.size(), limits::batch_items_max);
}

TEST(BatchItems, AreNotKeptBeyondTheirLimit) {
  const std::string large(3 * limits::body_bytes_max, 'a');
  for (const auto format : {BatchFormat::array, BatchFormat::lines}) {
    const bool is_array = format == BatchFormat::array;
    const auto body = is_array ? "[\"" + large + "\",2]" : large + "\n2";
    const auto outcome = cut(body, format, 10'000);
    ASSERT_EQ(outcome.items.size(), 2U);
    EXPECT_GT(outcome.items[0].size(), limits::body_bytes_max);
    EXPECT_LT(outcome.items[0].size(), limits::body_bytes_max + 20'000);
    EXPECT_EQ(outcome.items[1], "2");
  }
}

}  // namespace
}  // namespace xzepr::api::rest

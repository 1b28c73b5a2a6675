#include "api/query_reader.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"

namespace xzepr::api {
namespace {

constexpr std::array<std::string_view, 3> known = {"name", "limit", "after"};

Result<http::Response> nothing(const Exchange&, const Services&) { return http::Response{}; }

Route route() {
  return {.method = http::Method::get,
          .path = "/x",
          .demand = identity::Permission::none,
          .action = nothing,
          .summary = "",
          .query = known};
}

TEST(Query, RefusesUnknownParametersByName) {
  const auto refused = check_query({{"name", "a"}, {"nmae", "b"}, {"x/y", "c"}}, route());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "query_invalid");
  ASSERT_EQ(refused.error().violations.size(), 2U);
  EXPECT_EQ(refused.error().violations[0].pointer, "/nmae");
  EXPECT_EQ(refused.error().violations[0].keyword, "unknown");
  EXPECT_EQ(refused.error().violations[0].message, "is not known; known are name, limit, after");
  EXPECT_EQ(refused.error().violations[1].pointer, "/x~1y");
  EXPECT_EQ(refused.error().field, "nmae");
}

TEST(Query, SaysThatAPlannedParameterIsNotThereYet) {
  for (const std::string name : {"q", "count", "payload.a"}) {
    const auto refused = check_query({{name, "1"}}, route());
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().violations[0].keyword, "unsupported");
  }
}

TEST(Query, RefusesARepeatedParameter) {
  EXPECT_EQ(check_query({{"name", "a"}, {"name", "a"}}, route()).error().violations[0].keyword, "repeated");
  EXPECT_TRUE(check_query({{"name", "a"}, {"limit", "1"}}, route()));
}

TEST(QueryReader, ReportsEveryFaultAtOnce) {
  const http::QueryParameters query = {
      {"flag", "yes"}, {"time", "yesterday"}, {"limit", "0"}, {"wait", "26"}};
  QueryReader reader(query);
  EXPECT_FALSE(reader.flag("flag"));
  EXPECT_FALSE(reader.time("time"));
  EXPECT_FALSE(reader.seconds("wait", std::chrono::seconds{25}));
  EXPECT_EQ(reader.page().limit, 50U);
  const auto error = reader.finish();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->violations.size(), 4U);
}

TEST(QueryReader, ReadsAnOffsetWhosePlusBecameASpace) {
  const http::QueryParameters query = {{"since", "2026-01-31T10:00:00 02:00"}};
  QueryReader reader(query);
  EXPECT_EQ(to_string(reader.time("since").value()), "2026-01-31T08:00:00.000000Z");
  EXPECT_FALSE(reader.finish());
}

TEST(QueryReader, ReadsSecondsAsDecimals) {
  const http::QueryParameters query = {{"a", "2.5"}, {"b", "0"}, {"c", "25"}};
  QueryReader reader(query);
  EXPECT_EQ(reader.seconds("a", std::chrono::seconds{25}), std::chrono::milliseconds{2500});
  EXPECT_EQ(reader.seconds("b", std::chrono::seconds{25}), std::chrono::milliseconds{0});
  EXPECT_EQ(reader.seconds("c", std::chrono::seconds{25}), std::chrono::milliseconds{25'000});
  for (const std::string text : {"", "nan", "inf", "-1", "1e1", "1s", "25.001", "0x1"}) {
    const http::QueryParameters bad = {{"a", text}};
    QueryReader other(bad);
    EXPECT_FALSE(other.seconds("a", std::chrono::seconds{25})) << text;
    EXPECT_TRUE(other.finish()) << text;
  }
}

TEST(QueryReader, BoundsThePage) {
  for (const std::string text : {"", "0", "1001", "-1", "1.0", "99999999999999999999"}) {
    const http::QueryParameters query = {{"limit", text}};
    QueryReader reader(query);
    EXPECT_EQ(reader.page().limit, 50U);
    EXPECT_TRUE(reader.finish()) << text;
  }
  const http::QueryParameters query = {{"limit", "1000"}, {"after", "c"}};
  QueryReader reader(query);
  const auto page = reader.page();
  EXPECT_EQ(page.limit, 1'000U);
  EXPECT_EQ(page.after, "c");
}

}  // namespace
}  // namespace xzepr::api

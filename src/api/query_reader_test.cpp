#include "api/query_reader.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"

namespace xzepr::api {
namespace {

constexpr Parameter name{.name = "name", .max = 4};
constexpr Parameter flag{.name = "flag", .kind = ParameterKind::flag};
constexpr Parameter time{.name = "time", .kind = ParameterKind::time};
constexpr Parameter wait{.name = "wait", .kind = ParameterKind::seconds, .min = 0, .max = 25};
constexpr std::array<std::string_view, 3> colours = {"red", "green", "blue"};
constexpr Parameter colour{.name = "colour", .kind = ParameterKind::choice, .choices = colours};
constexpr Parameter member{.name = "payload.", .kind = ParameterKind::prefixed};
constexpr std::array known = {name, query::limit, query::after};
constexpr std::array known_with_prefix = {name, member};

Result<http::Response> no_answer(const Exchange&, const Services&) { return http::Response{}; }

Parameter seconds(std::string_view called) {
  auto made = wait;
  made.name = called;
  return made;
}

Route route() {
  return {.method = http::Method::get,
          .path = "/x",
          .demand = identity::Permission::none,
          .action = no_answer,
          .operation = "no_answer",
          .summary = "Nothing",
          .answers = done(),
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

TEST(Query, KnowsEveryPointerOfThePayloadWhereTheRouteDoes) {
  constexpr Parameter payload{.name = "payload.", .kind = ParameterKind::prefixed};
  constexpr std::array names = {payload};
  auto searching = route();
  searching.query = names;
  EXPECT_TRUE(check_query({{"payload./a", "1"}, {"payload./b", "1"}, {"payload.", "1"}}, searching));
  EXPECT_FALSE(check_query({{"payload", "1"}}, searching));
  EXPECT_FALSE(check_query({{"payload./a", "1"}, {"payload./a", "1"}}, searching));
  EXPECT_FALSE(check_query({{"payload./a", "1"}}, route()));
  const http::QueryParameters query = {{"payload./a", "1"}};
  const auto filters = QueryReader(query).payload(payload);
  ASSERT_EQ(filters.size(), 1U);
  EXPECT_EQ(filters[0].pointer, "/a");
  EXPECT_EQ(filters[0].text, "1");
}

TEST(QueryReader, CountsOnlyExactly) {
  for (const auto& [value, is_known] : {std::pair{"exact", true}, {"true", false}, {"", false}}) {
    const http::QueryParameters query = {{"count", value}};
    QueryReader reader(query);
    const auto page = reader.page();
    EXPECT_EQ(page.wants_total, is_known);
    EXPECT_EQ(!reader.finish().has_value(), is_known) << value;
  }
  const http::QueryParameters none;
  EXPECT_FALSE(QueryReader(none).page().wants_total);
}

TEST(Query, RefusesARepeatedParameter) {
  EXPECT_EQ(check_query({{"name", "a"}, {"name", "a"}}, route()).error().violations[0].keyword, "repeated");
  EXPECT_TRUE(check_query({{"name", "a"}, {"limit", "1"}}, route()));
}

TEST(QueryReader, ReportsEveryFaultAtOnce) {
  const http::QueryParameters query = {
      {"flag", "yes"}, {"time", "yesterday"}, {"limit", "0"}, {"wait", "26"}};
  QueryReader reader(query);
  EXPECT_FALSE(reader.flag(flag));
  EXPECT_FALSE(reader.time(time));
  EXPECT_FALSE(reader.seconds(wait));
  EXPECT_EQ(reader.page().limit, 50U);
  const auto error = reader.finish();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->violations.size(), 4U);
}

TEST(QueryReader, ReadsAnOffsetWhosePlusBecameASpace) {
  const http::QueryParameters query = {{"time", "2026-01-31T10:00:00 02:00"}};
  QueryReader reader(query);
  EXPECT_EQ(xzepr::to_string(reader.time(time).value()), "2026-01-31T08:00:00.000000Z");
  EXPECT_FALSE(reader.finish());
}

TEST(QueryReader, ReadsSecondsAsDecimals) {
  const http::QueryParameters query = {{"a", "2.5"}, {"b", "0"}, {"c", "25"}};
  QueryReader reader(query);
  EXPECT_EQ(reader.seconds(seconds("a")), std::chrono::milliseconds{2500});
  EXPECT_EQ(reader.seconds(seconds("b")), std::chrono::milliseconds{0});
  EXPECT_EQ(reader.seconds(seconds("c")), std::chrono::milliseconds{25'000});
  for (const std::string text : {"", "nan", "inf", "-1", "1e1", "1s", "25.001", "0x1"}) {
    const http::QueryParameters bad = {{"a", text}};
    QueryReader other(bad);
    EXPECT_FALSE(other.seconds(seconds("a"))) << text;
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

TEST(Query, TakesAnyNameWithAKnownPrefix) {
  auto prefixed = route();
  prefixed.query = known_with_prefix;
  EXPECT_TRUE(check_query({{"payload./a/b", "1"}, {"payload.c", "1"}}, prefixed));
  EXPECT_FALSE(check_query({{"payload", "1"}}, prefixed));
  EXPECT_FALSE(check_query({{"payload.a", "1"}, {"payload.a", "2"}}, prefixed));
}

TEST(QueryReader, CountsCodePointsOfText) {
  const http::QueryParameters fits = {{"name", "\u00e4\u00f6\u00fc\u00df"}};
  QueryReader reader(fits);
  EXPECT_EQ(reader.text(name), "\u00e4\u00f6\u00fc\u00df");
  EXPECT_FALSE(reader.finish());
  for (const std::string text : {"", "abcde"}) {
    const http::QueryParameters bad = {{"name", text}};
    QueryReader other(bad);
    EXPECT_FALSE(other.text(name));
    EXPECT_EQ(other.finish()->violations[0].pointer, "/name");
  }
}

TEST(QueryReader, TakesOnlyAListedChoice) {
  const http::QueryParameters good = {{"colour", "green"}};
  QueryReader reader(good);
  EXPECT_EQ(reader.choice(colour), "green");
  const http::QueryParameters bad = {{"colour", "mauve"}};
  QueryReader other(bad);
  EXPECT_FALSE(other.choice(colour));
  EXPECT_EQ(other.finish()->violations[0].message, "must be red, green or blue");
}

}  // namespace
}  // namespace xzepr::api

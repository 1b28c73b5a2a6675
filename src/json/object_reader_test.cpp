#include "json/object_reader.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"
#include "json/parse.hpp"

namespace xzepr::json {
namespace {

Violation fault(std::string pointer, std::string keyword, std::string message) {
  return {.pointer = std::move(pointer), .keyword = std::move(keyword), .message = std::move(message)};
}

TEST(ObjectReader, ReadsEachKindOfMember) {
  const Value value = *parse(
      R"({"s":"x","b":true,"i":7,"r":8.0,"t":"2026-01-31T09:30:00Z","l":["a","b"],"v":{"z":1},"n":null})");
  ObjectReader reader(value);
  EXPECT_EQ(reader.required_string("s"), "x");
  EXPECT_EQ(reader.optional_bool("b"), true);
  EXPECT_EQ(reader.optional_int("i"), 7);
  EXPECT_EQ(reader.optional_int("r"), 8);
  EXPECT_EQ(reader.optional_time("t"), parse_time("2026-01-31T09:30:00Z"));
  EXPECT_EQ(reader.required_strings("l"), (std::vector<std::string>{"a", "b"}));
  ASSERT_NE(reader.optional_value("v"), nullptr);
  EXPECT_EQ(reader.optional_string("n"), std::nullopt);
  EXPECT_EQ(reader.optional_strings("absent"), std::nullopt);
  EXPECT_TRUE(reader.finish().empty());
}

TEST(ObjectReader, ReportsEveryFaultAtOnce) {
  const Value value = *parse(
      R"({"s":1,"b":"yes","i":1.5,"big":18446744073709551615,"t":"today","l":["a",2],"x/y":0,"n":null})");
  ObjectReader reader(value, "/items/3");
  EXPECT_EQ(reader.required_string("s"), "");
  EXPECT_EQ(reader.optional_bool("b"), std::nullopt);
  EXPECT_EQ(reader.optional_int("i"), std::nullopt);
  EXPECT_EQ(reader.optional_int("big"), std::nullopt);
  EXPECT_EQ(reader.optional_time("t"), std::nullopt);
  EXPECT_TRUE(reader.required_strings("l").empty());
  EXPECT_EQ(reader.required_string("n"), "");
  EXPECT_EQ(reader.required_string("m"), "");
  reader.add("s", "length", "too long");
  const std::vector<Violation> expected = {
      fault("/items/3/s", "type", "must be string, got integer"),
      fault("/items/3/b", "type", "must be boolean, got string"),
      fault("/items/3/i", "type", "must be integer, got number"),
      fault("/items/3/big", "range", "must be a 64-bit signed integer"),
      fault("/items/3/t", "format", "must be an RFC 3339 date-time, for example 2026-01-31T09:30:00Z"),
      fault("/items/3/l/1", "type", "must be string, got integer"),
      fault("/items/3/n", "required", "is required"),
      fault("/items/3/m", "required", "is required"),
      fault("/items/3/s", "length", "too long"),
      fault("/items/3/x~1y", "unknown", "is not known here; known are: s, b, i, big, t, l, n, m"),
  };
  EXPECT_EQ(reader.finish(), expected);
}

TEST(ObjectReader, AValueThatIsNoObjectReadsAsEmpty) {
  const Value value = *parse("[1]");
  ObjectReader reader(value);
  EXPECT_EQ(reader.optional_string("a"), std::nullopt);
  EXPECT_EQ(reader.finish(), std::vector<Violation>{fault("", "type", "must be object, got array")});
}

TEST(ObjectReader, AFloodOfUnknownMembersIsReportedInPart) {
  Value value;
  for (int i = 0; i < 1000; ++i)
    value.is_object() ? void(value.as_object().emplace(std::to_string(i), 0)) : void(value.emplace_object());
  ObjectReader reader(value);
  EXPECT_EQ(reader.finish().size(), 20U);
}

TEST(RequestInvalid, NamesTheFirstFieldAndCountsTheRest) {
  const Error one = request_invalid({fault("/payload/a~1b", "type", "must be integer, got string")});
  EXPECT_EQ(one.kind, Errc::invalid);
  EXPECT_EQ(one.code, "request_invalid");
  EXPECT_EQ(one.field, "payload");
  EXPECT_EQ(one.detail, "/payload/a~1b: must be integer, got string");
  const Error two = request_invalid({fault("/a~1b", "required", "is required"), fault("", "type", "x")});
  EXPECT_EQ(two.field, "a/b");
  EXPECT_EQ(two.detail, "/a~1b: is required (and 1 more)");
  EXPECT_EQ(request_invalid({fault("", "type", "must be object, got array")}).field, "");
}

}  // namespace
}  // namespace xzepr::json

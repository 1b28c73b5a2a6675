#include "api/entity_tags.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

http::Request with(std::string_view name, std::vector<std::string_view> values) {
  http::Request request;
  for (const auto value : values) request.headers.push_back({.name = name, .value = value});
  return request;
}

service::IfMatch if_match(std::vector<std::string_view> values) {
  return read_if_match(with("if-match", std::move(values))).value();
}

using Versions = std::vector<std::int64_t>;

}  // namespace

TEST(EntityTags, WithoutConditionAnyVersionWillDo) {
  EXPECT_EQ(if_match({}), std::nullopt);
  EXPECT_EQ(if_match({"*"}), std::nullopt);
  EXPECT_EQ(if_match({" * "}), std::nullopt);
}

TEST(EntityTags, NameVersionsInAListOverSeveralLines) {
  EXPECT_EQ(if_match({etag_of(7)}), Versions{7});
  EXPECT_EQ(if_match({R"("1", "2" ,"3")"}), (Versions{1, 2, 3}));
  EXPECT_EQ(if_match({R"("1")", R"(, "2",)"}), (Versions{1, 2}));
}

TEST(EntityTags, WhatIsWeakOrForeignNamesNoVersion) {
  EXPECT_EQ(if_match({R"(W/"12")"}), Versions{});
  EXPECT_EQ(if_match({R"("abc", "-1", "01", "99999999999999999999")"}).value_or(Versions{1}).size(), 0U);
  EXPECT_EQ(if_match({R"(W/"1", "2", "a,b")"}), Versions{2});
}

TEST(EntityTags, WhatIsNoListOfTagsIsRefused) {
  for (const std::string_view text : {"", "12", "\"12", "12\"", "\"1\" \"2\"", "w/\"1\"", "W/1", "*, \"1\"",
                                      "\"1\", *", "\"a\x01\"", "\"a\x7f\"", ",", "\"\"\""}) {
    EXPECT_EQ(read_if_match(with("If-Match", {text})).error().code, "if_match_invalid") << text;
  }
}

TEST(EntityTags, AGetIsAnsweredNotModifiedByWeakComparison) {
  const auto is_304 = [](std::string_view text) {
    return is_not_modified(with("If-None-Match", {text}), R"("abc")");
  };
  for (const auto* text : {R"("abc")", R"(W/"abc")", R"("x", W/"abc")", "*"})
    EXPECT_TRUE(is_304(text)) << text;
  for (const auto* text : {R"("ab")", R"("abcd")", "abc", "", R"("abc)"}) EXPECT_FALSE(is_304(text)) << text;
  EXPECT_FALSE(is_not_modified(http::Request{}, R"("abc")"));
}

}  // namespace xzepr::api

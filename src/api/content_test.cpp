#include "api/content.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

std::string_view refusal(const Content& content, Body accepted) {
  const auto error = refuse_content(content, accepted);
  return error ? error->code : "";
}

TEST(Content, TakesJsonInEverySpellingOfItsType) {
  for (const std::string_view type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=UTF-8", "application/json ; charset=\"utf-8\""}) {
    EXPECT_EQ(parse_media(type), Media::json) << type;
  }
  EXPECT_EQ(parse_media("application/x-ndjson"), Media::ndjson);
}

TEST(Content, RefusesOtherTypes) {
  for (const std::string_view type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1",
        "application/json; v=2", "application/jsonx"}) {
    EXPECT_EQ(parse_media(type), Media::other) << type;
    EXPECT_EQ(refusal({.type = type, .encoding = "", .has_body = true}, Body::json),
              "content_type_unsupported")
        << type;
  }
}

TEST(Content, TakesLinesOnlyWhereTheyAreWanted) {
  const Content lines{.type = "application/x-ndjson", .encoding = "", .has_body = true};
  EXPECT_EQ(refusal(lines, Body::json), "content_type_unsupported");
  EXPECT_EQ(refusal(lines, Body::json_or_ndjson), "");
}

TEST(Content, IsNeverDecompressed) {
  EXPECT_EQ(refusal({.type = "application/json", .encoding = "gzip", .has_body = true}, Body::json),
            "content_encoding_unsupported");
  EXPECT_EQ(refusal({.type = "application/json", .encoding = "Identity", .has_body = true}, Body::json), "");
}

TEST(Content, NeedsNoTypeWithoutABody) {
  EXPECT_EQ(refusal({.type = "", .encoding = "", .has_body = false}, Body::json), "");
  EXPECT_EQ(refusal({.type = "text/plain", .encoding = "", .has_body = true}, Body::none), "");
}

}  // namespace
}  // namespace xzepr::api

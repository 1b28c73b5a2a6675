#include "yaml/value.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/write.hpp"

namespace xzepr::yaml {
namespace {

std::string json_of(std::string_view text) {
  const auto documents = parse_documents(text, {.aliases = Aliases::copied});
  if (!documents) return documents.error().message;
  const auto value = to_json(documents->at(0));
  return value ? json::write(*value) : fmt::format("{}: {}", value.error().line, value.error().message);
}

std::string text_of(std::string_view text) {
  const auto documents = parse_documents(text, {});
  if (!documents) return documents.error().message;
  return as_text(documents->at(0)).value_or("none");
}

TEST(YamlValue, ReadsWordsByTheCoreSchema) {
  EXPECT_EQ(json_of("[~, null, Null, NULL, ]"), "[null,null,null,null]");
  EXPECT_EQ(json_of("a:"), R"({"a":null})");
  EXPECT_EQ(json_of("[true, True, TRUE, false, False, FALSE]"), "[true,true,true,false,false,false]");
}

TEST(YamlValue, LeavesNorwayAlone) {
  EXPECT_EQ(json_of("[no, NO, yes, on, off, y, n, tRUE, nULL]"),
            R"(["no","NO","yes","on","off","y","n","tRUE","nULL"])");
  EXPECT_EQ(json_of(R"(["true", 'null', "1", '1.0'])"), R"(["true","null","1","1.0"])");
  EXPECT_EQ(json_of("|\n 12\n"), R"("12\n")");
}

TEST(YamlValue, ReadsNumbers) {
  EXPECT_EQ(json_of("[0, -1, +2, 010, 0o17, 0xfF, 9223372036854775807, -9223372036854775808]"),
            "[0,-1,2,10,15,255,9223372036854775807,-9223372036854775808]");
  EXPECT_EQ(json_of("[1.0, -.5, 1., 1e3, 2.5E-1, +.5]"), "[1.0,-0.5,1.0,1000.0,0.25,0.5]");
  EXPECT_EQ(json_of("[1.2.3, 1_000, 0b1, 1:30, 0x, ., e3, 1e, -, --1, 2026-01-31, 0o8]"),
            R"(["1.2.3","1_000","0b1","1:30","0x",".","e3","1e","-","--1","2026-01-31","0o8"])");
}

TEST(YamlValue, RefusesWhatJsonCannotSay) {
  EXPECT_EQ(json_of("a:\n - 9223372036854775808"),
            "2: the number 9223372036854775808 does not fit 64 bits; put it in quotes");
  EXPECT_EQ(json_of("1e999"), "1: the number 1e999 is out of range; put it in quotes");
  EXPECT_EQ(json_of("[.inf]"), "1: .inf is no JSON; put it in quotes");
  EXPECT_EQ(json_of("[-.Inf]"), "1: -.Inf is no JSON; put it in quotes");
  EXPECT_EQ(json_of("[.nan]"), "1: .nan is no JSON; put it in quotes");
}

TEST(YamlValue, NumbersWhereTextIsWantedKeepTheirSpelling) {
  EXPECT_EQ(text_of("1.10"), "1.10");
  EXPECT_EQ(text_of("010"), "010");
  EXPECT_EQ(text_of("no"), "no");
  EXPECT_EQ(text_of("'true'"), "true");
  for (const std::string_view text : {"true", "~", "null", "[a]", "{a: b}"}) EXPECT_EQ(text_of(text), "none");
}

TEST(YamlValue, KeepsTheOrderOfMembers) {
  EXPECT_EQ(json_of("b: 1\na: {d: [], c: {}}\n"), R"({"b":1,"a":{"d":[],"c":{}}})");
}

}  // namespace
}  // namespace xzepr::yaml

#include "cli/object_diff.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace xzepr::cli {
namespace {

std::string diff(std::string_view before, std::string_view after, Colours colours = Colours::off) {
  const auto text =
      fmt::format(R"({{"kind":"receiver","name":"a","version":"1","before":{},"after":{}}})", before, after);
  return render_diff(*json::parse(text), colours);
}

TEST(ObjectDiff, ShowsWhatDiffersWithItsField) {
  EXPECT_EQ(diff(R"({"name":"a","description":"old","enabled":true,"schema":{"type":"object","x":[1,2]}})",
                 R"({"name":"a","description":"new","enabled":true,"schema":{"x":[1,3],"type":"object"}})"),
            "--- receiver a@1 as it is\n+++ receiver a@1 as it would be\n"
            "@@ description @@\n name: a\n-description: old\n+description: new\n enabled: true\n schema:\n"
            "   x:\n     - 1\n-    - 2\n+    - 3\n   type: object\n");
}

TEST(ObjectDiff, DistantChangesAreApart) {
  const auto text = diff(R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1})",
                         R"({"a":2,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":2})");
  EXPECT_NE(text.find("@@ a @@\n-a: 1\n+a: 2\n b: 1\n c: 1\n@@ h @@\n f: 1\n g: 1\n-h: 1\n+h: 2\n"),
            text.npos)
      << text;
}

TEST(ObjectDiff, WhatIsMadeAndWhatGoesHasOneSide) {
  EXPECT_EQ(diff("null", R"({"name":"a"})"),
            "--- nothing\n+++ receiver a@1 as it would be\n@@ name @@\n+name: a\n");
  EXPECT_EQ(diff(R"({"name":"a"})", "null"),
            "--- receiver a@1 as it is\n+++ nothing\n@@ name @@\n-name: a\n");
}

TEST(ObjectDiff, OrderIsNoDifference) {
  EXPECT_EQ(diff(R"({"a":{"x":1,"y":2},"b":1})", R"({"b":1,"a":{"y":2,"x":1}})"), "");
}

TEST(ObjectDiff, NeverSteersTheTerminal) {
  EXPECT_EQ(diff("null", R"({"a":"\u001b[31m"})").find('\x1b'), std::string::npos);
  EXPECT_NE(diff("null", R"({"a":"b"})", Colours::on).find("\x1b[32m+a: b\x1b[0m"), std::string::npos);
}

TEST(ObjectDiff, AHugeOneIsReplacedAsAWhole) {
  std::string before = "{", after = "{";
  for (int i = 0; i < 2'500; ++i) {
    before += fmt::format("{}\"k{}\":1", i == 0 ? "" : ",", i);
    after += fmt::format("{}\"k{}\":2", i == 0 ? "" : ",", i);
  }
  const auto text = diff(before + "}", after + "}");
  EXPECT_LT(text.find("-k2499: 1"), text.find("+k0: 2"));
}

}  // namespace
}  // namespace xzepr::cli

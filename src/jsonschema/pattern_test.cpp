#include "jsonschema/pattern.hpp"

#include <gtest/gtest.h>

namespace xzepr::jsonschema {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto compiled = Pattern::compile(pattern);
  EXPECT_TRUE(compiled) << pattern;
  return compiled && compiled->matches(text);
}

TEST(Pattern, MatchesAnywhereInTheText) {
  EXPECT_TRUE(matches("b", "abc"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("^b", "abc"));
  EXPECT_TRUE(matches("^[a-z]+$", "abc"));
  EXPECT_FALSE(matches("^[a-z]+$", "abc\n"));
  EXPECT_TRUE(matches("^.$", "\U0001F600"));
}

TEST(Pattern, ReadsTheEscapesOfEcmaScript) {
  EXPECT_TRUE(matches(R"(^\d+\.\d+\/\-$)", "12.5/-"));
  EXPECT_TRUE(matches(R"(^\u00e9\u20AC$)", "é\u20AC"));
  EXPECT_TRUE(matches(R"(^[\u0041-\u005A]+$)", "ABZ"));
  EXPECT_TRUE(matches(R"(^\ud83d\ude00$)", "\U0001F600"));
  EXPECT_TRUE(matches(R"(^\x41\p{L}+$)", "Aé"));
  EXPECT_TRUE(matches(R"(^(?<major>\d+)\.(?:\d+)$)", "1.2"));
  EXPECT_TRUE(matches(R"(\\)", "a\\b"));
}

TEST(Pattern, ReadsClassesAsEcmaScriptDoes) {
  EXPECT_TRUE(matches(R"(^\cC\u{1f600}\0$)", std::string_view("\x03\U0001F600\0", 6)));
  EXPECT_TRUE(matches(R"(^[\b\-\]x-z\cA]+$)", "\b-]y\x01"));
  EXPECT_TRUE(matches(R"(^[[:alpha:]]$)", "a]"));
  EXPECT_FALSE(matches("[]", "a"));
  EXPECT_TRUE(matches("^[^]$", "\n"));
  EXPECT_TRUE(matches(R"(^\s[\s]\S[\S]$)", "\u00a0\ufeff\u2013a"));
  EXPECT_FALSE(matches(R"(^[^\s]$)", "\u2003"));
  EXPECT_FALSE(matches("^.$", "\u2028"));
  EXPECT_TRUE(matches(R"(^[\w-.]+$)", "a-."));
  EXPECT_TRUE(matches(R"(^\p{Letter}\p{digit}\p{Script=Greek}[\P{ASCII}]$)", "é৪αé"));
  EXPECT_TRUE(matches(R"(^\@\"{a}]$)", "@\"{a}]"));
  EXPECT_TRUE(matches(R"(^a{2}b{1,}?c{0,1}$)", "aabb"));
}

TEST(Pattern, RefusesWhatCannotBeMatchedInLinearTimeOrMeansSomethingElse) {
  for (const std::string_view pattern : {"(?=a)b",
                                         "(?!a)b",
                                         "(?<=a)b",
                                         "(?<!a)b",
                                         R"((a)\1)",
                                         R"((?<a>.)\k<a>)",
                                         "[",
                                         "(",
                                         ")",
                                         "a**",
                                         "*",
                                         "a|*",
                                         "^*",
                                         R"(\A)",
                                         R"(\z)",
                                         R"(\C)",
                                         R"(\Qa\E)",
                                         R"(\u12)",
                                         R"(\u{110000})",
                                         R"(\u{})",
                                         R"(\ud800)",
                                         R"(\ud800\u0041)",
                                         R"(\c1)",
                                         "\\",
                                         "a{1001}",
                                         "a{2,1}",
                                         "((a{100}){100}){100}",
                                         "[b-a]",
                                         "[a",
                                         R"([\B])",
                                         R"(\p{Nope})",
                                         R"(\p)",
                                         R"(\P}?\p)",
                                         R"(\p{)",
                                         R"(\p{})",
                                         R"(\01)",
                                         R"(\x4)",
                                         "(?i)a",
                                         "(?P<a>b)",
                                         "(?<a>.)(?<a>.)",
                                         "(?<1>.)"}) {
    EXPECT_FALSE(Pattern::compile(pattern)) << pattern;
  }
  EXPECT_FALSE(Pattern::compile(std::string(4'097, 'a')));
}

TEST(Pattern, SaysWhyItIsRefused) {
  EXPECT_EQ(Pattern::compile(R"((a)\1)").error(), "a back reference cannot be matched in linear time");
  EXPECT_EQ(Pattern::compile("(?=a)").error(),
            "look-around and the like cannot be matched in linear time: (?=");
}

}  // namespace
}  // namespace xzepr::jsonschema

#include "json/parse.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/pointer.hpp"
#include "json/write.hpp"

namespace xzepr::json {
namespace {

using namespace std::string_literals;

std::string keyword_of(std::string_view text, const ParseLimits& limits = {}) {
  const auto value = parse(text, limits);
  if (value) return "accepted";
  EXPECT_EQ(value.error().code, "json_invalid");
  EXPECT_EQ(value.error().kind, Errc::invalid);
  return value.error().violations.at(0).keyword;
}

std::string round_trip(std::string_view text) {
  const auto value = parse(text);
  return value ? write(*value) : "refused: " + value.error().detail;
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Parse, KeepsEveryKindOfValue) {
  EXPECT_EQ(round_trip(R"( {"a" : [1, -2, 1.5, true, false, null, "x"], "b":{} , "c":[ ]} )"),
            R"({"a":[1,-2,1.5,true,false,null,"x"],"b":{},"c":[]})");
}

TEST(Parse, KeepsTheEndsOfTheIntegers) {
  EXPECT_EQ(round_trip("[9223372036854775807,-9223372036854775808,18446744073709551615]"),
            "[9223372036854775807,-9223372036854775808,18446744073709551615]");
  EXPECT_EQ(keyword_of("18446744073709551616"), "number");
  EXPECT_EQ(keyword_of("-9223372036854775809"), "number");
  EXPECT_EQ(keyword_of(repeated("9", 1'000'000)), "number");
}

TEST(Parse, ReadsBigIntegersAsDoublesOnlyWhenTold) {
  const auto value = parse("100000000000000000000000", {.big_integers = BigIntegers::read_as_double});
  ASSERT_TRUE(value);
  EXPECT_EQ(value->as_double(), 1e23);
  EXPECT_EQ(keyword_of(repeated("9", 400), {.big_integers = BigIntegers::read_as_double}), "number");
}

TEST(Parse, KeepsDoublesExactly) {
  for (const double number : {0.1, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
                              9007199254740993.0, 123456789.123456789, 1.0 / 3, 1e-7, 6.02214076e23}) {
    const auto value = parse(write(Value(number)));
    ASSERT_TRUE(value);
    EXPECT_EQ(value->as_double(), number);
  }
  EXPECT_EQ(round_trip("1.0"), "1.0");
  EXPECT_EQ(round_trip("1234e0"), "1234.0");
  EXPECT_EQ(round_trip("1E5"), "1e+05");
  EXPECT_EQ(round_trip("-0.0"), "-0.0");
  EXPECT_EQ(round_trip("0e99999"), "0.0");
  // 2^53 + 1, exactly between two doubles, and a hair above it.
  EXPECT_EQ(parse("9007199254740993.0")->as_double(), 9007199254740992.0);
  EXPECT_EQ(parse("9007199254740993.00000000000000000000000000000001")->as_double(), 9007199254740994.0);
}

TEST(Parse, RefusesNumbersThatADoubleCannotHold) {
  for (const std::string_view text :
       {"1e400", "-1e400", "1e-400", "123.456e-789", "0.4e00669999999999999999999999"}) {
    EXPECT_EQ(keyword_of(text), "number") << text;
  }
  EXPECT_EQ(keyword_of("0." + repeated("0", 400) + "1"), "number");
}

TEST(Parse, RefusesWrongNumbers) {
  for (const std::string_view text :
       {"01",   "-01",  "+1",    "-",        "1.",        ".5",  "-.5",  "1e",    "1e+",
        "1.e1", "0x10", "NaN",   "Infinity", "-Infinity", "1_0", "2.e3", "0e",    "0e+-1",
        "1eE2", "--1",  "1 000", "0.3e",     "9.e+",      "-2.", "Inf",  "1e1.0", "\xEF\xBC\x91"}) {
    EXPECT_EQ(keyword_of(text), "syntax") << text;
  }
}

TEST(Parse, RefusesWrongStructure) {
  for (const std::string_view text : {"",
                                      " ",
                                      "[",
                                      "]",
                                      "{",
                                      "}",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "[1,,2]",
                                      "[]]",
                                      "{]",
                                      "[}",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "{1:1}",
                                      "{'a':1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":1}}",
                                      "{\"a\"::1}",
                                      "{,}",
                                      "1 2",
                                      "{} x",
                                      "nul",
                                      "True",
                                      "truex",
                                      "[true,fals]",
                                      "'a'",
                                      "\"a\"b",
                                      "// c\n1",
                                      "/**/1",
                                      "1 # c",
                                      "[1]\n,",
                                      "\f1",
                                      "\xC2\xA0"
                                      "1",
                                      "[\"a\",\n4\n,1,",
                                      "*",
                                      "<null>",
                                      "\\u0041"}) {
    EXPECT_EQ(keyword_of(text), "syntax") << text;
  }
}

TEST(Parse, RefusesWrongStrings) {
  for (const std::string_view text :
       {"\"", "\"a", "\"\\\"", "\"\\", "\"\\u", "\"\\u12\"", "\"\\u12g4\"", "\"\\u-123\"", "\"\\x41\"",
        "\"\\a\"", "\"\\'\"", "\"\\U0041\"", "\"a\nb\"", "\"a\tb\"", "\"\x1F\"", "\"\\\n\"", "\"\\uD800\\u\"",
        "\"\\u 123\"", "\"\\u+123\""}) {
    EXPECT_EQ(keyword_of(text), "syntax") << text;
  }
  EXPECT_EQ(keyword_of("\"a\0b\""s), "syntax");
}

TEST(Parse, RefusesLoneSurrogates) {
  for (const std::string_view text :
       {R"("\uD800")", R"("\uDC00")", R"("\uD800\uD800")", R"("\uD800a")", R"("\uD800\n")",
        R"("\uDBFF\uE000")", R"({"\uDFFF":1})", R"("\ud83d\\ude00")"}) {
    EXPECT_EQ(keyword_of(text), "utf8") << text;
  }
  EXPECT_EQ(round_trip(R"("\uD83D\uDE00\ud83d\udE00")"), "\"\U0001F600\U0001F600\"");
}

TEST(Parse, RefusesInvalidUtf8) {
  for (const std::string_view bytes :
       {"\x80", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\xC3"}) {
    EXPECT_EQ(keyword_of(fmt::format("\"{}\"", bytes)), "utf8");
    EXPECT_EQ(keyword_of(fmt::format("{{\"long enough for a word {}\":1}}", bytes)), "utf8");
  }
  EXPECT_EQ(keyword_of("\xE9"), "syntax");
}

TEST(Parse, RefusesNulAndByteOrderMarks) {
  EXPECT_EQ(keyword_of(R"("a\u0000b")"), "nul");
  EXPECT_EQ(keyword_of(R"({"\u0000":1})"), "nul");
  EXPECT_EQ(keyword_of("\xEF\xBB\xBF{}"), "syntax");
  EXPECT_EQ(keyword_of("\xFE\xFF"), "syntax");
  EXPECT_EQ(keyword_of("[1\0]"s), "syntax");
  EXPECT_EQ(keyword_of("1\0"s), "syntax");
}

TEST(Parse, DecodesEscapes) {
  const auto value = parse(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC end of it")");
  ASSERT_TRUE(value);
  EXPECT_EQ(view(value->as_string()), "\"\\/\b\f\n\r\tA\u00e9\u20AC end of it");
}

TEST(Parse, AcceptsTheDepthOfTheLimitAndNoMore) {
  EXPECT_EQ(keyword_of(repeated("[", 32) + repeated("]", 32)), "accepted");
  EXPECT_EQ(keyword_of(repeated("[", 33) + repeated("]", 33)), "depth");
  EXPECT_EQ(keyword_of(repeated("{\"a\":", 32) + "1" + repeated("}", 32)), "accepted");
  EXPECT_EQ(keyword_of(repeated("{\"a\":", 33) + "1" + repeated("}", 33)), "depth");
  EXPECT_EQ(keyword_of(repeated("[", 100'000)), "depth");
  EXPECT_EQ(keyword_of("[" + repeated("[]", 1) + repeated(",[[]]", 1000) + "]"), "accepted");
  EXPECT_EQ(keyword_of("[[]]", {.depth_max = 1}), "depth");
}

TEST(Parse, RefusesDuplicateKeys) {
  EXPECT_EQ(keyword_of(R"({"a":1,"a":1})"), "duplicateKey");
  EXPECT_EQ(keyword_of(R"({"a":1,"\u0061":2})"), "duplicateKey");
  EXPECT_EQ(keyword_of(R"({"":1,"":2})"), "duplicateKey");
  EXPECT_EQ(keyword_of(R"([{"a":1},{"a":{"a":1}}])"), "accepted");
}

std::string object_of(std::size_t count, std::string_view last_key) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("\"k{}\":{},", i, i);
  return text + fmt::format("\"{}\":0}}", last_key);
}

// F18. With time that grows with the square it would take minutes.
TEST(Parse, FindsADuplicateAmongAHundredThousandKeys) {
  EXPECT_EQ(keyword_of(object_of(100'000, "k50000")), "duplicateKey");
  EXPECT_EQ(keyword_of(object_of(100'000, "other")), "accepted");
  EXPECT_EQ(keyword_of(object_of(19, "k18")), "duplicateKey");
}

TEST(Parse, RegularKeysOfAnyShapeDoNotCountAsCollisions) {
  for (const std::string_view shape : {"{:08}", "{:x}", "a{}b", "{:b}", "prefix/{}/suffix"}) {
    std::string text = "{";
    for (int i = 0; i < 50'000; ++i) text += "\"" + fmt::format(fmt::runtime(shape), i) + "\":1,";
    text.back() = '}';
    EXPECT_EQ(keyword_of(text), "accepted") << shape;
  }
}

TEST(Parse, SaysWhere) {
  const auto value = parse(R"({"a":[0,{"b/c":tru}]})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().violations[0].pointer, "/a/1/b~1c");
  EXPECT_EQ(value.error().detail, "not valid JSON at byte 15: a value is expected");
  const auto twice = parse(R"([{"x":1,"x":2}])");
  EXPECT_EQ(twice.error().violations[0].pointer, "/0/x");
  EXPECT_EQ(twice.error().detail, "not valid JSON at byte 8: the key stands twice in this object");
}

TEST(Parse, AnErrorIsSmallHoweverLongTheKeys) {
  const auto value = parse("{\"" + repeated("k", 100'000) + "\":tru}");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().violations[0].pointer, "");
  EXPECT_LT(value.error().detail.size(), 200U);
}

}  // namespace
}  // namespace xzepr::json

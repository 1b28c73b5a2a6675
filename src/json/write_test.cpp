#include "json/write.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace xzepr::json {
namespace {

Value read(std::string_view text) { return *parse(text); }

TEST(Write, EscapesWhatMustBeEscapedAndNothingElse) {
  std::string out;
  append_string(out, "\"\\/\b\f\n\r\t\x01\x1F\x7F é\u20AC\U0001F600");
  EXPECT_EQ(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F é\u20AC\U0001F600\"");
}

TEST(Write, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  std::string out;
  append_string(out, "a\xFFz\xC3");
  EXPECT_EQ(out, "\"a\uFFFDz\uFFFD\"");
  EXPECT_TRUE(parse(out));
}

TEST(Write, OnlyPlainBytesStandForThemselvesWhereverTheyAre) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const bool is_plain = byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, '~');
      text[at] = c;
      EXPECT_EQ(plain_bytes(text), is_plain ? text.size() : at) << byte;
      EXPECT_EQ(plain_bytes(std::string(at, ' ')), at);
    }
  }
}

TEST(Write, ANumberThatIsNotFiniteIsNull) {
  EXPECT_EQ(write(Value(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(canonical(Value(std::nan(""))), "null");
}

TEST(Write, RandomDoublesComeBackAsTheyWere) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    ASSERT_EQ(read(write(Value(number))).as_double(), number);
    const auto again = parse(canonical(Value(number)), {.big_integers = BigIntegers::read_as_double});
    ASSERT_TRUE(again);
    ASSERT_EQ(again->to_number<double>(), number);
  }
}

// The numbers of RFC 8785, appendix B.
TEST(Canonical, NumbersAreThoseOfTheRfc) {
  const auto spelled = [](std::uint64_t bits) { return canonical(Value(std::bit_cast<double>(bits))); };
  EXPECT_EQ(spelled(0x0000000000000000), "0");
  EXPECT_EQ(spelled(0x8000000000000000), "0");
  EXPECT_EQ(spelled(0x0000000000000001), "5e-324");
  EXPECT_EQ(spelled(0x8000000000000001), "-5e-324");
  EXPECT_EQ(spelled(0x7fefffffffffffff), "1.7976931348623157e+308");
  EXPECT_EQ(spelled(0xffefffffffffffff), "-1.7976931348623157e+308");
  EXPECT_EQ(spelled(0x4340000000000000), "9007199254740992");
  EXPECT_EQ(spelled(0xc340000000000000), "-9007199254740992");
  EXPECT_EQ(spelled(0x4430000000000000), "295147905179352830000");
  EXPECT_EQ(spelled(0x44b52d02c7e14af5), "9.999999999999997e+22");
  EXPECT_EQ(spelled(0x44b52d02c7e14af6), "1e+23");
  EXPECT_EQ(spelled(0x44b52d02c7e14af7), "1.0000000000000001e+23");
  EXPECT_EQ(spelled(0x444b1ae4d6e2ef4e), "999999999999999700000");
  EXPECT_EQ(spelled(0x444b1ae4d6e2ef4f), "999999999999999900000");
  EXPECT_EQ(spelled(0x444b1ae4d6e2ef50), "1e+21");
  EXPECT_EQ(spelled(0x3eb0c6f7a0b5ed8c), "9.999999999999997e-7");
  EXPECT_EQ(spelled(0x3eb0c6f7a0b5ed8d), "0.000001");
  EXPECT_EQ(spelled(0x41b3de4355555553), "333333333.3333332");
  EXPECT_EQ(spelled(0x41b3de4355555557), "333333333.33333343");
  EXPECT_EQ(spelled(0xbecbf647612f3696), "-0.0000033333333333333333");
  EXPECT_EQ(spelled(0x43143ff3c1cb0959), "1424953923781206.2");
}

// RFC 8785, section 3.2.3: the carriage return first, the emoji (a surrogate pair) before U+FB33.
TEST(Canonical, MembersAreSortedByUtf16CodeUnits) {
  const Value value = read(
      R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",)"
      R"("\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})");
  EXPECT_EQ(canonical(value),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"Latin Small "
            "Letter O With "
            "Diaeresis\",\"\u20ac\":\"Euro Sign\",\"\U0001F600\":\"Emoji: Grinning "
            "Face\",\"\ufb33\":\"Hebrew Letter Dalet With "
            "Dagesh\"}");
}

TEST(Canonical, EqualValuesLookAlikeAndDifferentOnesDoNot) {
  EXPECT_EQ(canonical(read(R"({"b":[1.0,{"d":1,"c":2}],"a":1e2})")), R"({"a":100,"b":[1,{"c":2,"d":1}]})");
  EXPECT_NE(canonical(read("9007199254740993")), canonical(read("9007199254740992")));
  EXPECT_EQ(canonical(read(R"({"a":1,"ab":2,"":0})")), R"({"":0,"a":1,"ab":2})");
}

TEST(Equal, NumbersCompareByValueAndObjectsWithoutOrder) {
  EXPECT_TRUE(equal(read("1"), read("1.0")));
  EXPECT_TRUE(equal(read("0"), read("-0.0")));
  EXPECT_TRUE(equal(read("18446744073709551615"), read("18446744073709551615")));
  EXPECT_FALSE(equal(read("18446744073709551615"), read("-1")));
  EXPECT_FALSE(equal(read("9007199254740993"), read("9007199254740992.0")));
  EXPECT_FALSE(equal(read("18446744073709551615"), read("18446744073709551616.0")));
  EXPECT_FALSE(equal(read("1"), read("true")));
  EXPECT_FALSE(equal(read("1"), read("\"1\"")));
  EXPECT_FALSE(equal(read("null"), read("false")));
  EXPECT_TRUE(equal(read(R"({"a":1,"b":[{"c":2}]})"), read(R"({"b":[{"c":2.0}],"a":1})")));
  EXPECT_FALSE(equal(read(R"({"a":1})"), read(R"({"a":1,"b":2})")));
  EXPECT_FALSE(equal(read(R"({"a":1})"), read(R"({"b":1})")));
  EXPECT_FALSE(equal(read("[1,2]"), read("[2,1]")));
}

TEST(CompareNumbers, IsExactAcrossKinds) {
  EXPECT_LT(compare_numbers(read("9007199254740992.0"), read("9007199254740993")), 0);
  EXPECT_GT(compare_numbers(read("9223372036854775808"), read("9223372036854775807")), 0);
  EXPECT_LT(compare_numbers(read("-1"), read("18446744073709551615")), 0);
  EXPECT_GT(compare_numbers(read("18446744073709551615"), read("-1")), 0);
  EXPECT_LT(compare_numbers(read("18446744073709551615"), read("1e300")), 0);
  EXPECT_GT(compare_numbers(read("-9223372036854775808"), read("-1e300")), 0);
  EXPECT_LT(compare_numbers(read("-2"), read("-1.5")), 0);
  EXPECT_GT(compare_numbers(read("-1"), read("-1.5")), 0);
  EXPECT_GT(compare_numbers(read("1.5"), read("1")), 0);
  EXPECT_EQ(compare_numbers(read("4.0"), read("4")), 0);
}

}  // namespace
}  // namespace xzepr::json

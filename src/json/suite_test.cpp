// Row F17. The classes of JSONTestSuite (Parsing JSON is a Minefield, https://github.com/nst/JSONTestSuite)
// under its names: n_ must be refused, y_ accepted; for i_, where the RFC leaves the choice, ours is written
// down.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace xzepr::json {
namespace {

using namespace std::string_literals;

struct Case {
  std::string name;
  std::string text;
};

std::string times(std::string_view text, std::size_t count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

void expect_refused(const std::vector<Case>& cases) {
  for (const auto& [name, text] : cases) EXPECT_FALSE(parse(text)) << name;
}

void expect_accepted(const std::vector<Case>& cases) {
  for (const auto& [name, text] : cases) EXPECT_TRUE(parse(text)) << name;
}

TEST(JsonTestSuite, NArrayIsRefused) {
  expect_refused({{"1_true_without_comma", "[1 true]"},
                  {"a_invalid_utf8", "[a\xe5]"},
                  {"colon_instead_of_comma", "[\"\": 1]"},
                  {"comma_after_close", "[\"\"],"},
                  {"comma_and_number", "[,1]"},
                  {"double_comma", "[1,,2]"},
                  {"double_extra_comma", "[\"x\",,]"},
                  {"extra_close", "[\"x\"]]"},
                  {"extra_comma", "[\"\",]"},
                  {"incomplete", "[\"x\""},
                  {"incomplete_invalid_value", "[x"},
                  {"inner_array_no_comma", "[3[4]]"},
                  {"invalid_utf8", "[\xff]"},
                  {"items_separated_by_semicolon", "[1:2]"},
                  {"just_comma", "[,]"},
                  {"just_minus", "[-]"},
                  {"missing_value", "[   , \"\"]"},
                  {"newlines_unclosed", "[\"a\",\n4\n,1,"},
                  {"number_and_comma", "[1,]"},
                  {"number_and_several_commas", "[1,,]"},
                  {"spaces_vertical_tab_formfeed", "[\"\va\"\\f]"},
                  {"star_inside", "[*]"},
                  {"unclosed", "[\"\""},
                  {"unclosed_trailing_comma", "[1,"},
                  {"unclosed_with_new_lines", "[1,\n1\n,1"},
                  {"unclosed_with_object_inside", "[{}"}});
}

TEST(JsonTestSuite, NIncompleteAndCapitalizedLiteralsAreRefused) {
  expect_refused({{"incomplete_false", "[fals]"},
                  {"incomplete_null", "[nul]"},
                  {"incomplete_true", "[tru]"},
                  {"structure_capitalized_True", "[True]"},
                  {"multidigit_number_then_00", "123\0"s},
                  {"structure_ascii_unicode_identifier", "a\xc3\xa5"},
                  {"structure_angle_bracket_null", "[<null>]"},
                  {"structure_angle_bracket_.", "<.>"}});
}

TEST(JsonTestSuite, NNumberIsRefused) {
  for (const auto& text : std::vector<std::string>{"++1234",
                                                   "+1",
                                                   "+Inf",
                                                   "-01",
                                                   "-1.0.",
                                                   "-2.",
                                                   "-NaN",
                                                   "-",
                                                   "--1",
                                                   "- 1",
                                                   ".-1",
                                                   ".2e-3",
                                                   "0.1.2",
                                                   "0.3e+",
                                                   "0.3e",
                                                   "0.e1",
                                                   "0E+",
                                                   "0E",
                                                   "0e+",
                                                   "0e",
                                                   "1.0e+",
                                                   "1.0e-",
                                                   "1.0e",
                                                   "1 000.0",
                                                   "1eE2",
                                                   "2.e+3",
                                                   "2.e-3",
                                                   "2.e3",
                                                   "9.e+",
                                                   "Inf",
                                                   "NaN",
                                                   "\xef\xbc\x91",
                                                   "1+2",
                                                   "0x1",
                                                   "0x42",
                                                   "Infinity",
                                                   "0e+-1",
                                                   "-123.123foo",
                                                   "123\xe5",
                                                   "1e1\xe5",
                                                   "0\xe5",
                                                   "-Infinity",
                                                   "-foo",
                                                   "- 1",
                                                   "-012",
                                                   "-.123",
                                                   "-1x",
                                                   "1ea",
                                                   "1e\xe5",
                                                   "1.",
                                                   ".123",
                                                   "1.2a-3",
                                                   "1.8011670033376514H-308",
                                                   "012",
                                                   "0.",

                                                   "1e1e1"}) {
    EXPECT_FALSE(parse("[" + text + "]")) << text;
  }
}

TEST(JsonTestSuite, NObjectIsRefused) {
  expect_refused({{"bad_value", "[\"x\", truth]"},
                  {"bracket_key", "{[: \"x\"}\n"},
                  {"comma_instead_of_colon", "{\"x\", null}"},
                  {"double_colon", "{\"x\"::\"b\"}"},
                  {"emoji", "{\xf0\x9f\x87\xa8\xf0\x9f\x87\xad}"},
                  {"garbage_at_end", "{\"a\":\"a\" 123}"},
                  {"key_with_single_quotes", "{key: 'value'}"},
                  {"lone_continuation_byte_in_key_and_trailing_comma", "{\"\xb9\":\"0\",}"},
                  {"missing_colon", "{\"a\" b}"},
                  {"missing_key", "{:\"b\"}"},
                  {"missing_semicolon", "{\"a\" \"b\"}"},
                  {"missing_value", "{\"a\":"},
                  {"no-colon", "{\"a\""},
                  {"non_string_key", "{1:1}"},
                  {"non_string_key_but_huge_number_instead", "{9999E9999:1}"},
                  {"repeated_null_null", "{null:null,null:null}"},
                  {"several_trailing_commas", "{\"id\":0,,,,,}"},
                  {"single_quote", "{'a':0}"},
                  {"trailing_comma", "{\"id\":0,}"},
                  {"trailing_comment", "{\"a\":\"b\"}/**/"},
                  {"trailing_comment_open", "{\"a\":\"b\"}/**//"},
                  {"trailing_comment_slash_open", "{\"a\":\"b\"}//"},
                  {"trailing_comment_slash_open_incomplete", "{\"a\":\"b\"}/"},
                  {"two_commas_in_a_row", "{\"a\":\"b\",,\"c\":\"d\"}"},
                  {"unquoted_key", "{a: \"b\"}"},
                  {"unterminated-value", "{\"a\":\"a"},
                  {"with_single_string", "{ \"foo\" : \"bar\", \"a\" }"},
                  {"with_trailing_garbage", "{\"a\":\"b\"}#"}});
}

TEST(JsonTestSuite, NStringIsRefused) {
  expect_refused({{"1_surrogate_then_escape", R"(["\uD800\"])"},
                  {"1_surrogate_then_escape_u", R"(["\uD800\u"])"},
                  {"1_surrogate_then_escape_u1", R"(["\uD800\u1"])"},
                  {"1_surrogate_then_escape_u1x", R"(["\uD800\u1x"])"},
                  {"accentuated_char_no_quotes", "[é]"},
                  {"backslash_00", "[\"\\\0\"]"s},
                  {"escape_x", R"(["\x00"])"},
                  {"escaped_backslash_bad", R"(["\\\"])"},
                  {"escaped_ctrl_char_tab", "[\"\\\t\"]"},
                  {"escaped_emoji", "[\"\\\xf0\x9f\x8c\x80\"]"},
                  {"incomplete_escape", R"(["\"])"},
                  {"incomplete_escaped_character", R"(["\u00A"])"},
                  {"incomplete_surrogate", R"(["\uD834\uDd"])"},
                  {"incomplete_surrogate_escape_invalid", R"(["\uD800\uD800\x"])"},
                  {"invalid-utf-8-in-escape", "[\"\\u\xe5\"]"},
                  {"invalid_backslash_esc", R"(["\a"])"},
                  {"invalid_unicode_escape", R"(["\uqqqq"])"},
                  {"invalid_utf8_after_escape", "[\"\\\xe5\"]"},
                  {"leading_uescaped_thinspace", R"([\u0020"asd"])"},
                  {"no_quotes_with_bad_escape", R"([\n])"},
                  {"single_doublequote", "\""},
                  {"single_quote", "['single quote']"},
                  {"single_string_no_double_quotes", "abc"},
                  {"start_escape_unclosed", "[\"\\"},
                  {"unescaped_ctrl_char", "[\"a\0a\"]"s},
                  {"unescaped_newline", "[\"new\nline\"]"},
                  {"unescaped_tab", "[\"\t\"]"},
                  {"unicode_CapitalU", R"("\UA66D")"},
                  {"with_trailing_garbage", "\"\"x"}});
}

TEST(JsonTestSuite, NStructureIsRefused) {
  expect_refused({{"100000_opening_arrays", times("[", 100'000)},
                  {"U+2060_word_joined", "[\xe2\x81\xa0]"},
                  {"UTF8_BOM_no_data", "\xef\xbb\xbf"},
                  {"array_trailing_garbage", "[1]x"},
                  {"array_with_extra_array_close", "[1]]"},
                  {"array_with_unclosed_string", "[\"asd]"},
                  {"close_unopened_array", "1]"},
                  {"comma_instead_of_closing_brace", "{\"x\": true,"},
                  {"double_array", "[][]"},
                  {"end_array", "]"},
                  {"incomplete_UTF8_BOM", "\xef\xbb{}"},
                  {"lone-invalid-utf-8", "\xe5"},
                  {"lone-open-bracket", "["},
                  {"no_data", ""},
                  {"null-byte-outside-string", "[\0]"s},
                  {"number_with_trailing_garbage", "2@"},
                  {"object_followed_by_closing_object", "{}}"},
                  {"object_unclosed_no_value", "{\"\":"},
                  {"object_with_comment", "{\"a\":/*comment*/\"b\"}"},
                  {"object_with_trailing_garbage", "{\"a\": true} \"x\""},
                  {"open_array_apostrophe", "['"},
                  {"open_array_comma", "[,"},
                  {"open_array_object", times("[{\"\":", 50'000)},
                  {"open_array_open_object", "[{"},
                  {"open_array_string", "[\"a\""},
                  {"open_object_close_array", "{]"},
                  {"open_object_comma", "{,"},
                  {"open_object_open_array", "{["},
                  {"open_object_open_string", "{\"a"},
                  {"open_object_string_with_apostrophes", "{'a'"},
                  {"open_open", "[\"\\{[\"\\{[\"\\{[\"\\{"},
                  {"single_eacute", "\xe9"},
                  {"single_star", "*"},
                  {"trailing_#", "{\"a\":\"b\"}#{}"},
                  {"uescaped_LF_before_string", "[\\u000A\"\"]"},
                  {"unclosed_array_partial_null", "[ false, nul"},
                  {"unclosed_object", "{\"asd\":\"asd\""},
                  {"unicode-identifier", "\xc3\xa5"},
                  {"whitespace_U+2060_word_joiner", "\xe2\x81\xa0"},
                  {"whitespace_formfeed", "[\f]"}});
}

TEST(JsonTestSuite, YIsAccepted) {
  expect_accepted({{"array_arraysWithSpaces", "[[]   ]"},
                   {"array_ending_with_newline", "[\"a\"]\n"},
                   {"array_heterogeneous", "[null, 1, \"1\", {}]"},
                   {"array_with_1_and_newline", "[1\n]"},
                   {"array_with_leading_space", " [1]"},
                   {"array_with_several_null", "[1,null,null,null,2]"},
                   {"number", "[123e65]"},
                   {"number_0e+1", "[0e+1]"},
                   {"number_0e1", "[0e1]"},
                   {"number_after_space", "[ 4]"},
                   {"number_double_close_to_zero", "[-0." + times("0", 77) + "1]"},
                   {"number_int_with_exp", "[20e1]"},
                   {"number_minus_zero", "[-0]"},
                   {"number_real_capital_e_neg_exp", "[1E-2]"},
                   {"number_real_capital_e_pos_exp", "[1E+2]"},
                   {"number_real_fraction_exponent", "[123.456e78]"},
                   {"object_basic", R"({"asd":"sdf"})"},
                   {"object_empty_key", R"({"":0})"},
                   {"object_extreme_numbers", R"({ "min": -1.0e+28, "max": 1.0e+28 })"},
                   {"object_string_unicode", R"({"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430" })"},
                   {"object_with_newlines", "{\n\"a\": \"b\"\n}"},
                   {"string_accepted_surrogate_pairs", R"(["\ud83d\ude39\ud83d\udc8d"])"},
                   {"string_allowed_escapes", R"(["\"\\\/\b\f\n\r\t"])"},
                   {"string_backslash_and_u_escaped_zero", R"(["\\u0000"])"},
                   {"string_backslash_doublequotes", R"(["\""])"},
                   {"string_comments", R"(["a/*b*/c/*d//e"])"},
                   {"string_double_escape_a", R"(["\\a"])"},
                   {"string_escaped_control_character", R"(["\u0012"])"},
                   {"string_escaped_noncharacter", R"(["\uFFFF"])"},
                   {"string_last_surrogates_1_and_2", R"(["\uDBFF\uDFFF"])"},
                   {"string_nonCharacterInUTF-8_U+10FFFF", "[\"\xf4\x8f\xbf\xbf\"]"},
                   {"string_nonCharacterInUTF-8_U+FFFF", "[\"\xef\xbf\xbf\"]"},
                   {"string_pi", "[\"\xcf\x80\"]"},
                   {"string_u+2028_line_sep", "[\"\xe2\x80\xa8\"]"},
                   {"string_uEscape", R"(["\u0061\u30af\u30EA\u30b9"])"},
                   {"string_unicode_U+200B_ZERO_WIDTH_SPACE", R"(["\u200B"])"},
                   {"string_utf8", "[\"\xe2\x82\xac\xf0\x9d\x84\x9e\"]"},
                   {"string_with_del_character",
                    "[\"a\x7f"
                    "a\"]"},
                   {"structure_lonely_false", "false"},
                   {"structure_lonely_int", "42"},
                   {"structure_lonely_negative_real", "-0.1"},
                   {"structure_lonely_null", "null"},
                   {"structure_lonely_string", "\"asd\""},
                   {"structure_string_empty", "\"\""},
                   {"structure_trailing_newline", "[\"a\"]\n"},
                   {"structure_whitespace_array", " [] "}});
}

// The suite accepts these four; the product refuses them because stores and readers would disagree about
// them.
TEST(JsonTestSuite, YThatTheProductRefuses) {
  expect_refused({{"object_duplicated_key", R"({"a":"b","a":"c"})"},
                  {"object_duplicated_key_and_value", R"({"a":"b","a":"b"})"},
                  {"object_escaped_null_in_key", R"({"foo\u0000bar": 42})"},
                  {"string_null_escape", R"(["\u0000"])"}});
}

TEST(JsonTestSuite, IIsRefusedButForHugeExponentsOfZero) {
  expect_refused({{"number_double_huge_neg_exp", "[123.456e-789]"},
                  {"number_huge_exp",
                   "[0.4e00669999999999999999999999999999999999999999999999999999999999999999969999999006]"},
                  {"number_neg_int_huge_exp", "[-1e+9999]"},
                  {"number_pos_double_huge_exp", "[1.5e+9999]"},
                  {"number_real_underflow", "[123e-10000000]"},
                  {"number_too_big_neg_int", "[-123123123123123123123123123123]"},
                  {"number_too_big_pos_int", "[100000000000000000000]"},
                  {"object_key_lone_2nd_surrogate", R"({"\uDFAA":0})"},
                  {"string_1st_surrogate_but_2nd_missing", R"(["\uDADA"])"},
                  {"string_1st_valid_surrogate_2nd_invalid", R"(["\uD888\u1234"])"},
                  {"string_UTF-16LE_with_BOM", "\xff\xfe[\0\"\0\xe9\0\"\0]\0"s},
                  {"string_UTF8_surrogate_U+D800", "[\"\xed\xa0\x80\"]"},
                  {"string_incomplete_surrogates_escape_valid", R"(["\uD800\uD800\n"])"},
                  {"string_invalid_utf-8", "[\"\xff\"]"},
                  {"string_iso_latin_1", "[\"\xe9\"]"},
                  {"string_lone_utf8_continuation_byte", "[\"\x81\"]"},
                  {"string_not_in_unicode_range", "[\"\xf4\xbf\xbf\xbf\"]"},
                  {"string_overlong_sequence_2_bytes", "[\"\xc0\xaf\"]"},
                  {"string_overlong_sequence_6_bytes", "[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"},
                  {"string_truncated-utf-8", "[\"\xe0\xff\"]"},
                  {"string_utf16BE_no_BOM", "\0[\0\"\0\xe9\0\"\0]"s},
                  {"structure_500_nested_arrays", times("[", 500) + times("]", 500)},
                  {"structure_UTF-8_BOM_empty_object", "\xef\xbb\xbf{}"}});
  expect_accepted({{"number_zero_huge_exp", "[0e-32666666663]"}});
}

}  // namespace
}  // namespace xzepr::json

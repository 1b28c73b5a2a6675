#include "cli/output.hpp"

#include <gtest/gtest.h>

#include "cli/exit_code.hpp"
#include "cli/table.hpp"
#include "json/parse.hpp"
#include "yaml/write.hpp"

namespace xzepr::cli {
namespace {

struct Captured {
  std::string text;
  Terminal terminal{.out = [this](std::string_view part) { text += part; }, .err = [](std::string_view) {}};
};

json::Value value(std::string_view text) { return json::parse(text).value(); }

std::string listed(Format format, const std::vector<std::string>& items) {
  Captured captured;
  ListWriter writer(captured.terminal, format, {column("NAME", "name"), column("N", "deep/n")});
  for (const std::string& item : items) writer.add(value(item));
  writer.finish();
  return captured.text;
}

const std::vector<std::string> items = {R"({"name":"a","deep":{"n":1}})", R"({"name":"b\tc","deep":null})"};

TEST(Output, ATableLinesUpItsColumns) {
  EXPECT_EQ(listed(Format::table, items), "NAME  N\na     1\nb\\tc\n");
}
TEST(Output, AnEmptyTableHasItsTitles) { EXPECT_EQ(listed(Format::table, {}), "NAME  N\n"); }
TEST(Output, TsvHasOneLinePerItem) { EXPECT_EQ(listed(Format::tsv, items), "name\tn\na\t1\nb\\tc\t\n"); }
TEST(Output, NdjsonHasWholeItems) {
  EXPECT_EQ(listed(Format::ndjson, items),
            "{\"name\":\"a\",\"deep\":{\"n\":1}}\n{\"name\":\"b\\tc\",\"deep\":null}\n");
}
TEST(Output, JsonIsOneArray) {
  EXPECT_EQ(value(listed(Format::json, items)).get_array().size(), 2U);
  EXPECT_EQ(listed(Format::json, {}), "[]\n");
}
TEST(Output, YamlIsOneList) {
  EXPECT_EQ(listed(Format::yaml, items),
            "- name: a\n  deep:\n    \"n\": 1\n- name: \"b\\tc\"\n  deep: null\n");
  EXPECT_EQ(listed(Format::yaml, {}), "[]\n");
}

TEST(Output, ALongTableHasItsTitlesOnce) {
  const std::string text = listed(Format::table, std::vector<std::string>(2'500, R"({"name":"x"})"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2'501);
  EXPECT_EQ(text.find("NAME"), text.rfind("NAME"));
}

TEST(Output, ColoursOnlyWhenAsked) {
  EXPECT_EQ(render_table({"STATE"}, {{"open"}}, Colours::off), "STATE\nopen\n");
  EXPECT_EQ(render_table({"STATE"}, {{"open"}}, Colours::on), "\x1b[1mSTATE\x1b[0m\n\x1b[32mopen\x1b[0m\n");
}

TEST(Output, WidthIsOfTheScreen) {
  EXPECT_EQ(screen_width("abc"), 3U);
  EXPECT_EQ(screen_width("é日本"), 5U);
  EXPECT_EQ(screen_width("e\u0301"), 1U);
  EXPECT_EQ(screen_width(""), 0U);
}

TEST(Output, PrintableShowsWhatCouldSteer) {
  EXPECT_EQ(printable("a\x1b[0m\n\x7f\xff"), "a\\x1b[0m\\n\\x7f\\xff");
  EXPECT_EQ(printable("\u202eabc\u0085"), "\\u{202e}abc\\u{85}");
  EXPECT_EQ(printable("grün 日本"), "grün 日本");
}

TEST(Yaml, QuotesWhatCouldBeReadAsSomethingElse) {
  const auto of = [](std::string_view text) {
    return yaml::to_yaml(json::Value(json::String(text.data(), text.size())));
  };
  EXPECT_EQ(of("plain-word_1.2/x"), "plain-word_1.2/x\n");
  for (const std::string_view text : {"", "true", "No", "null", "1.0", "2026-01-31", "a b", "a: b", "- x",
                                      "#x", "~", "y", "0x1f", "a\nb", "*a", "&a", "!t"}) {
    EXPECT_EQ(of(text).front(), '"') << text;
  }
}

TEST(Yaml, NestsListsAndMaps) {
  EXPECT_EQ(
      yaml::to_yaml(value(R"({"a":[{"b":1,"c":[2,[3]]},{}],"d":{},"e":[],"f":1.5,"g":null})")),
      "a:\n  - b: 1\n    c:\n      - 2\n      - \n        - 3\n  - {}\nd: {}\ne: []\nf: 1.5\ng: null\n");
}

TEST(ExitCodes, FollowTheStatus) {
  const auto of = [](int status) {
    return exit_code_of(client::Failure{.status = status, .code = "c", .detail = "d"});
  };
  EXPECT_EQ(of(0), ExitCode::unreachable);
  for (const int status : {400, 413, 415}) EXPECT_EQ(of(status), ExitCode::refused);
  EXPECT_EQ(of(401), ExitCode::login_needed);
  for (const int status : {404, 410}) EXPECT_EQ(of(status), ExitCode::not_found);
  for (const int status : {409, 412, 422}) EXPECT_EQ(of(status), ExitCode::conflict);
  for (const int status : {403, 405, 429, 500, 503, 504}) EXPECT_EQ(of(status), ExitCode::failure);
}

}  // namespace
}  // namespace xzepr::cli

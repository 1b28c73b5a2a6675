#include "yaml/write.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "json/write.hpp"
#include "yaml/value.hpp"

namespace xzepr::yaml {
namespace {

std::string again(std::string_view text) {
  const auto documents = parse_documents(to_yaml(*json::parse(text)), {.depth_max = 40});
  if (!documents) return documents.error().message;
  return json::write(*to_json(documents->at(0)));
}

TEST(YamlWrite, IsReadBackAsTheSameValue) {
  for (const std::string_view text :
       {R"({"a":[{"b":1,"c":[2,[3]]},{}],"d":{},"e":[],"f":1.5,"g":null,"h":true})", R"("no")", R"("1.0")",
        R"("")", R"("~")", R"("a\nb\t\"c\\")", R"("\u0001\u0085\u2028ä😀")",
        R"({"":1,"1":2,"a b":3,"- x":4,"#":5,"yes":6})", R"([[],[[]],{"a":[]}])", R"("  spaces  ")",
        R"([-0.0,1e+30,1e-7,9223372036854775807])", R"(["*a","&a","!t","%"])"}) {
    EXPECT_EQ(again(text), json::write(*json::parse(text))) << to_yaml(*json::parse(text));
  }
}

TEST(YamlWrite, BracketsInQuotesAreNotTakenForNesting) {
  json::Array many;
  for (int i = 0; i < 3'000; ++i) many.emplace_back(i % 2 == 0 ? "[draft" : "] {");
  const json::Value value(many);
  const auto documents = parse_documents(to_yaml(value), {});
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(*to_json(documents->at(0)), value);
  EXPECT_EQ(to_yaml(*json::parse(R"("[a-z]{2} \\[")")), "\"\\u005ba-z]\\u007b2} \\\\\\u005b\"\n");
  const std::string long_key(3'000, '[');
  for (const auto* held : {"1", "[1,2]", R"({"b":{}})", R"("[")"}) {
    const auto text = R"([{"a":0,")" + long_key + R"(":)" + held + R"(,"c":{"x)" + long_key + R"(":2}}])";
    EXPECT_EQ(again(text), json::write(*json::parse(text))) << held;
  }
  EXPECT_EQ(to_yaml(*json::parse(R"("[a-z]{2}")")), "\"[a-z]{2}\"\n");
}

}  // namespace
}  // namespace xzepr::yaml

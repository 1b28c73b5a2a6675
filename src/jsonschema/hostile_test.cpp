// Schemas and values made to cost more than they are worth (rows F20 and F21 of the attacks). Bounds are
// counted in steps, not in time, so that a busy machine does not fail them.
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "jsonschema/limits.hpp"
#include "jsonschema/schema.hpp"

namespace xzepr::jsonschema {
namespace {

Result<std::shared_ptr<const Schema>> compile(std::string_view text) {
  return Schema::compile(*json::parse(text));
}

std::string keyword_of(const Result<std::shared_ptr<const Schema>>& schema) {
  return schema ? "accepted" : schema.error().violations.at(0).keyword;
}

std::string array_of(std::string_view item, std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text.append(item).append(",");
  text.back() = ']';
  return text;
}

TEST(HostileSchema, CatastrophicPatternsAreMatchedInLinearTime) {
  const auto schema = compile(R"({"items":{"pattern":"^(a+)+$"}})");
  ASSERT_TRUE(schema);
  const json::Value value = json::Array{json::String(std::string(50'000, 'a') + "!")};
  EXPECT_EQ((*schema)->validate(value).at(0).keyword, "pattern");
  const auto star = compile(R"({"pattern":"(?:a)*"})");
  ASSERT_TRUE(star);
  EXPECT_TRUE((*star)->validate(json::Value(std::string(1'000'000, 'a'))).empty());
}

TEST(HostileSchema, APatternThatGrowsItsAutomatonIsStoppedByTheBudget) {
  const auto schema = compile(R"({"items":{"pattern":"[ab]*a[ab]{200}c"}})");
  ASSERT_TRUE(schema);
  std::string text;
  for (std::uint64_t i = 0; i < 500'000; ++i) text += (i * 7919 / 13) % 3 == 0 ? 'a' : 'b';
  EXPECT_EQ((*schema)->validate(json::Array{json::String(text)}).at(0).keyword, "budget");
}

TEST(HostileSchema, TooLargeOnesAreRefused) {
  EXPECT_EQ(keyword_of(compile("{\"enum\":" + array_of("1", 100'000) + "}")), "size");
  EXPECT_EQ(keyword_of(compile("{\"enum\":" + array_of("1", 9'000) + "}")), "accepted");
  EXPECT_EQ(keyword_of(compile("{\"title\":\"" + std::string(256 * 1'024, 'x') + "\"}")), "size");
  std::string patterns = "{";
  for (int i = 0; i < 101; ++i)
    patterns += "\"p" + std::to_string(i) + "\":{\"pattern\":\"^" + std::to_string(i) + "$\"},";
  patterns.back() = '}';
  EXPECT_EQ(keyword_of(compile("{\"properties\":" + patterns + "}")), "pattern");
}

TEST(HostileSchema, LongChainsOfReferencesAreRefused) {
  const auto chain = [](int length) {
    std::string defs;
    for (int i = 0; i < length; ++i)
      defs += "\"d" + std::to_string(i) + R"(":{"$ref":"#/$defs/d)" + std::to_string(i + 1) + "\"},";
    return R"({"$ref":"#/$defs/d0","$defs":{)" + defs + "\"d" + std::to_string(length) +
           "\":{\"type\":\"null\"}}}";
  };
  EXPECT_EQ(keyword_of(compile(chain(1'000))), "$ref");
  EXPECT_EQ(keyword_of(compile(chain(50))), "accepted");
}

TEST(HostileSchema, AManyTimesRecursiveSchemaEndsWithTheValue) {
  const auto schema =
      compile(R"({"items":{"$ref":"#"},"additionalProperties":{"$ref":"#"},"type":["array","object"]})");
  ASSERT_TRUE(schema);
  const json::Value value = *json::parse(std::string(31, '[') + "1" + std::string(31, ']'));
  const auto violations = (*schema)->validate(value);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].schema, "#/type");
}

TEST(HostileSchema, ManyUniqueItemsAreCompared) {
  const auto schema = compile(R"({"uniqueItems":true})");
  ASSERT_TRUE(schema);
  std::string text = "[";
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ",";
  EXPECT_TRUE((*schema)->validate(*json::parse(text + "-1]")).empty());
  EXPECT_EQ((*schema)->validate(*json::parse(text + "5]")).at(0).pointer, "/100000");
}

TEST(HostileSchema, ManyValuesAgainstManyEnumMembersEndInTheBudget) {
  const auto schema = compile(R"({"items":{"enum":)" + array_of("[1]", 4'000) + "}}");
  ASSERT_TRUE(schema);
  const auto violations = (*schema)->validate(*json::parse(array_of("[]", 100'000)), "/payload");
  ASSERT_GE(violations.size(), 1U);
  EXPECT_LE(violations.size(), limits::schema_violations_max);
  const auto strings = compile(R"({"items":{"enum":)" + array_of("[1]", 4'000) + "}}");
  const auto more = compile(R"({"items":{"items":{"enum":)" + array_of("[1]", 4'000) + "},\"maxItems\":9}}");
  ASSERT_TRUE(more);
  const auto spent = (*more)->validate(*json::parse(array_of("[[1],[1],[1]]", 50'000)));
  ASSERT_EQ(spent.size(), 1U);
  EXPECT_EQ(spent[0].keyword, "budget");
}

TEST(HostileSchema, TheLargestHonestBodyIsWithinTheBudget) {
  const auto schema = compile(
      R"({"type":"array","items":{"type":"object","required":["id"],"properties":{"id":{"type":"integer","minimum":0},"name":{"type":"string","maxLength":40,"pattern":"^[a-z]+$"}}}})");
  ASSERT_TRUE(schema);
  EXPECT_TRUE((*schema)->validate(*json::parse(array_of(R"({"id":123,"name":"somebody"})", 35'000))).empty());
}

TEST(HostileSchema, BombsOfBranchesEndInTheBudget) {
  for (const std::string keyword : {"allOf", "anyOf", "oneOf"}) {
    // Each level applies the next one twice: 2^30 schemas for one value.
    std::string defs;
    for (int i = 0; i < 30; ++i) {
      const std::string next = R"({"$ref":"#/$defs/d)" + std::to_string(i + 1) + "\"}";
      defs += "\"d" + std::to_string(i) + "\":{\"" + keyword + "\":[" + next + "," + next + "]},";
    }
    const auto schema = compile(R"({"$ref":"#/$defs/d0","$defs":{)" + defs + R"("d30":{"type":"string"}}})");
    ASSERT_TRUE(schema) << (schema ? "" : schema.error().detail);
    const auto violations = (*schema)->validate(json::Value(1));
    ASSERT_GE(violations.size(), 1U) << keyword;
    EXPECT_TRUE(violations[0].keyword == "budget" || violations.size() == 100U) << keyword;
    if (keyword != "anyOf") {
      EXPECT_FALSE((*schema)->validate(json::Value("a")).empty()) << keyword;
    }
  }
}

TEST(HostileSchema, ABudgetThatEndsWithinABranchIsNeverAnAnswer) {
  const std::string heavy = R"({"items":{"pattern":"[ab]*a[ab]{200}c"}})";
  const std::string text(500'000, 'a');
  const json::Value value = json::Array{json::String(text)};
  for (const std::string& schema : std::vector<std::string>{
           R"({"not":)" + heavy + "}", R"({"anyOf":[)" + heavy + ",true]}",
           R"({"oneOf":[)" + heavy + ",true]}", R"({"if":)" + heavy + R"(,"then":true,"else":true})",
           R"({"contains":{"not":{"not":{"pattern":"[ab]*a[ab]{200}c"}}}})"}) {
    const auto compiled = compile(schema);
    ASSERT_TRUE(compiled);
    const auto violations = (*compiled)->validate(value);
    ASSERT_EQ(violations.size(), 1U) << schema;
    EXPECT_EQ(violations[0].keyword, "budget") << schema;
  }
}

TEST(HostileSchema, DynamicReferencesThatComeBackEndInTheBudget) {
  const auto schema = compile(
      R"({"$id":"urn:a","$dynamicAnchor":"x","$ref":"urn:b","$defs":{"b":{"$id":"urn:b","$dynamicRef":"#x","$defs":{"c":{"$dynamicAnchor":"x"}}}}})");
  ASSERT_TRUE(schema) << schema.error().detail;
  const auto violations = (*schema)->validate(json::Value(1));
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].keyword, "budget");
}

TEST(HostileSchema, ReferencesLeadNowhereOutside) {
  for (const std::string reference :
       {"http://example.com/schema", "file:///etc/passwd", "//host/a", "other.json", "urn:uuid:1",
        "https://json-schema.org/draft/2019-09/schema"}) {
    EXPECT_EQ(keyword_of(compile(R"({"items":{"$ref":")" + reference + "\"}}")), "$ref") << reference;
    EXPECT_EQ(keyword_of(compile(R"({"items":{"$dynamicRef":")" + reference + "#a\"}}")), "$dynamicRef")
        << reference;
  }
  EXPECT_EQ(keyword_of(compile(R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})")), "accepted");
  EXPECT_EQ(keyword_of(compile(R"({"$ref":"http://json-schema.org/draft-07/schema#"})")), "accepted");
}

TEST(HostileSchema, AnIdThatIsUsedTwiceIsRefused) {
  EXPECT_EQ(keyword_of(compile(R"({"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}})")), "$id");
  EXPECT_EQ(keyword_of(compile(R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})")), "$anchor");
  EXPECT_EQ(keyword_of(compile(R"({"$id":"https://json-schema.org/draft/2020-12/schema","type":"null"})")),
            "accepted");
}

TEST(HostileSchema, ViolationsStaySmallTogether) {
  const auto schema = compile(R"({"additionalProperties":{"items":{"type":"string"}}})");
  ASSERT_TRUE(schema);
  json::Array items(1'000, json::Value(1));
  const json::Value value = json::Object{{std::string(500'000, 'k'), items}};
  std::size_t bytes = 0;
  for (const auto& violation : (*schema)->validate(value, "/payload")) bytes += violation.pointer.size();
  EXPECT_LT(bytes, 20'000U);
  const json::Value shorter = json::Object{{std::string(5'000, 'k'), items}};
  const auto violations = (*schema)->validate(shorter);
  EXPECT_LT(violations.size(), 20U);
  EXPECT_EQ(violations.back().keyword, "more");
}

TEST(HostileSchema, ManyDigestsAreWithinTheBudget) {
  const auto schema = compile(R"({"items":{"type":"string","pattern":"^sha256:[0-9a-f]{64}$"}})");
  ASSERT_TRUE(schema);
  const std::string digest = "\"sha256:" + std::string(64, 'a') + "\"";
  EXPECT_TRUE((*schema)->validate(*json::parse(array_of(digest, 13'000))).empty());
}

TEST(HostileSchema, MessagesStayShort) {
  const std::string longest(100'000, 'x');
  const auto schema = compile("{\"const\":\"" + longest + "\",\"enum\":[\"" + longest +
                              "\",1],\"pattern\":\"^" + std::string(4'000, 'y') + "\"}");
  ASSERT_TRUE(schema);
  for (const auto& violation : (*schema)->validate(json::Value("z")))
    EXPECT_LT(violation.message.size(), 300U);
}

}  // namespace
}  // namespace xzepr::jsonschema

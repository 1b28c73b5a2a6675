#include "jsonschema/schema.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "jsonschema/limits.hpp"

namespace xzepr::jsonschema {
namespace {

std::shared_ptr<const Schema> compiled(std::string_view text) {
  const auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  auto schema = Schema::compile(*value);
  EXPECT_TRUE(schema) << text << ": " << (schema ? "" : schema.error().detail);
  return schema ? *schema : nullptr;
}

std::vector<Violation> violations_of(std::string_view schema, std::string_view value,
                                     std::string_view base = {}) {
  return compiled(schema)->validate(*json::parse(value), base);
}

bool is_valid(std::string_view schema, std::string_view value) {
  return violations_of(schema, value).empty();
}

/// "pointer keyword" of each fault of a schema that must not compile.
std::vector<std::string> faults_of(std::string_view text) {
  const auto schema = Schema::compile(*json::parse(text));
  EXPECT_FALSE(schema) << text;
  std::vector<std::string> faults;
  if (schema) return faults;
  EXPECT_EQ(schema.error().code, "schema_invalid");
  for (const auto& fault : schema.error().violations) faults.push_back(fault.pointer + " " + fault.keyword);
  return faults;
}

using Faults = std::vector<std::string>;

TEST(Schema, EachTypeTakesItsValuesOnly) {
  const std::vector<std::pair<std::string, std::string>> values = {
      {"null", "null"},    {"boolean", "true"}, {"integer", "1"}, {"number", "1.5"},
      {"string", "\"a\""}, {"array", "[]"},     {"object", "{}"}};
  for (const auto& [type, unused] : values) {
    for (const auto& [kind, value] : values) {
      const bool expected = type == kind || (type == "number" && kind == "integer");
      EXPECT_EQ(is_valid(R"({"type":")" + type + "\"}", value), expected) << type << " " << value;
    }
  }
  EXPECT_TRUE(is_valid(R"({"type":"integer"})", "1.0"));
  EXPECT_TRUE(is_valid(R"({"type":"integer"})", "18446744073709551615"));
  EXPECT_TRUE(is_valid(R"({"type":["string","null"]})", "null"));
  EXPECT_FALSE(is_valid(R"({"type":["string","null"]})", "1"));
}

TEST(Schema, SaysWhatWhereAndByWhichRule) {
  const auto violations = violations_of(R"({"properties":{"critical_count":{"type":"integer"}}})",
                                        R"({"critical_count":"3"})", "/payload");
  const Violation expected{.pointer = "/payload/critical_count",
                           .keyword = "type",
                           .message = "must be integer, got string",
                           .schema = "#/properties/critical_count/type"};
  EXPECT_EQ(violations, std::vector<Violation>{expected});
}

TEST(Schema, ReportsAllViolationsInDocumentOrder) {
  const auto violations = violations_of(
      R"({"type":"object","required":["z","a","gone"],"additionalProperties":false,
          "properties":{"a":{"type":"string","minLength":3},"z":{"items":{"type":["integer","null"]},"maxItems":2}}})",
      R"({"z":[1,"x",null,2.5],"extra":0,"a":"é"})");
  std::vector<std::string> seen;
  for (const auto& v : violations)
    seen.push_back(v.pointer + " " + v.keyword + " " + v.schema + " " + v.message);
  EXPECT_EQ(seen, (Faults{"/gone required #/required is required",
                          "/z maxItems #/properties/z/maxItems must have at most 2 items, has 4",
                          "/z/1 type #/properties/z/items/type must be integer or null, got string",
                          "/z/3 type #/properties/z/items/type must be integer or null, got number",
                          "/extra additionalProperties #/additionalProperties is not allowed here",
                          "/a minLength #/properties/a/minLength must have at least 3 characters, has 1"}));
}

TEST(Schema, KeepsAHundredViolations) {
  std::string value = "[0";
  for (int i = 0; i < 1'000; ++i) value += ",0";
  EXPECT_EQ(violations_of(R"({"items":{"type":"string"}})", value + "]").size(),
            limits::schema_violations_max);
  EXPECT_EQ(violations_of(R"({"items":false})", value + "]").size(), limits::schema_violations_max);
}

TEST(Schema, PlacesAreFragmentsAndPointersAreEscaped) {
  const auto violations =
      violations_of(R"({"properties":{"a/b ~\"é":{"type":"null"}}})", R"({"a/b ~\"é":1})");
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].pointer, "/a~1b ~0\"é");
  EXPECT_EQ(violations[0].schema, "#/properties/a~1b%20~0%22%C3%A9/type");
}

TEST(Schema, BooleansAllowEverythingOrNothing) {
  EXPECT_TRUE(is_valid("true", "[1]"));
  EXPECT_TRUE(is_valid("{}", "null"));
  const auto violations = violations_of("false", "1", "/payload");
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].pointer, "/payload");
  EXPECT_EQ(violations[0].keyword, "false");
  EXPECT_EQ(violations[0].schema, "#");
  EXPECT_EQ(violations_of(R"({"properties":{"a":false,"b":true}})", R"({"a":1,"b":1})")[0].keyword,
            "properties");
}

TEST(Schema, NumbersKeepTheirBoundsExactly) {
  EXPECT_TRUE(is_valid(R"({"minimum":3})", "3"));
  EXPECT_TRUE(is_valid(R"({"minimum":3})", "3.0"));
  EXPECT_FALSE(is_valid(R"({"minimum":3})", "2.999"));
  EXPECT_FALSE(is_valid(R"({"exclusiveMinimum":3})", "3"));
  EXPECT_TRUE(is_valid(R"({"maximum":9007199254740992})", "9007199254740992"));
  EXPECT_FALSE(is_valid(R"({"maximum":9007199254740992})", "9007199254740993"));
  EXPECT_FALSE(is_valid(R"({"exclusiveMaximum":-1.5})", "-1.5"));
  EXPECT_TRUE(is_valid(R"({"minimum":3})", "\"2\""));
  EXPECT_TRUE(is_valid(R"({"multipleOf":0.01})", "19.99"));
  EXPECT_FALSE(is_valid(R"({"multipleOf":0.01})", "19.999"));
  EXPECT_EQ(violations_of(R"({"multipleOf":2,"minimum":10})", "7")[0].message, "must be at least 10, is 7");
  EXPECT_EQ(violations_of(R"({"minimum":1,"multipleOf":0.5})", "1.25")[0].message,
            "must be a multiple of 0.5");
}

TEST(Schema, LengthsCountCodePoints) {
  EXPECT_TRUE(is_valid(R"({"minLength":2,"maxLength":2})", "\"\U0001F600\U0001F600\""));
  EXPECT_FALSE(is_valid(R"({"minLength":2})", "\"\U0001F600\""));
  EXPECT_FALSE(is_valid(R"({"maxLength":1})", "\"\U0001F600\U0001F600\""));
  EXPECT_TRUE(is_valid(R"({"maxLength":2.0})", "\"ab\""));
  EXPECT_TRUE(is_valid(R"({"minLength":0})", "\"\""));
  EXPECT_TRUE(is_valid(R"({"maxLength":0})", "5"));
}

TEST(Schema, EnumAndConstCompareByValue) {
  EXPECT_TRUE(is_valid(R"({"enum":["a",1,null,{"x":[1]}]})", R"({"x":[1.0]})"));
  EXPECT_TRUE(is_valid(R"({"enum":["b","a"]})", "\"a\""));
  EXPECT_FALSE(is_valid(R"({"enum":["b","a"]})", "\"c\""));
  EXPECT_FALSE(is_valid(R"({"enum":[0,1]})", "false"));
  EXPECT_FALSE(is_valid(R"({"enum":[]})", "1"));
  EXPECT_EQ(violations_of(R"({"enum":["b","a",1.0]})", "2")[0].message, "must be one of \"b\", \"a\", 1");
  EXPECT_TRUE(is_valid(R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1})"));
  EXPECT_EQ(violations_of(R"({"const":null})", "0")[0].message, "must be null");
}

TEST(Schema, ArraysAreCountedAndCompared) {
  EXPECT_FALSE(is_valid(R"({"minItems":1})", "[]"));
  EXPECT_TRUE(is_valid(R"({"maxItems":1})", "[1]"));
  EXPECT_TRUE(is_valid(R"({"uniqueItems":true})", R"([1,"1",true,[1],{"a":1},null,1.5,[true],"a","b"])"));
  EXPECT_TRUE(is_valid(R"({"uniqueItems":false})", "[1,1]"));
  EXPECT_FALSE(is_valid(R"({"uniqueItems":true})", "[1,2,1.0]"));
  EXPECT_FALSE(is_valid(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1}])"));
  EXPECT_TRUE(is_valid(R"({"uniqueItems":true})", "[900719925474099300,900719925474099328.0]"));
  EXPECT_FALSE(is_valid(R"({"uniqueItems":true})", "[900719925474099328,900719925474099300.0]"));
  EXPECT_EQ(violations_of(R"({"uniqueItems":true})", "[3,1,2,1,3]")[0].pointer, "/3");
}

TEST(Schema, ObjectsAreCountedAndTheirMembersFound) {
  EXPECT_FALSE(is_valid(R"({"minProperties":2})", R"({"a":1})"));
  EXPECT_FALSE(is_valid(R"({"maxProperties":1})", R"({"a":1,"b":1})"));
  EXPECT_TRUE(is_valid(R"({"required":["a"]})", "[]"));
  EXPECT_TRUE(is_valid(R"({"required":[]})", "{}"));
  EXPECT_FALSE(is_valid(R"({"additionalProperties":{"type":"integer"}})", R"({"a":"x"})"));
  constexpr std::string_view mixed =
      R"({"properties":{"foo":{"type":"integer"}},"patternProperties":{"^f":{"minimum":3},"bar$":false},"additionalProperties":{"type":"string"}})";
  EXPECT_TRUE(is_valid(mixed, R"({"foo":3,"fx":true,"other":"x"})"));
  EXPECT_FALSE(is_valid(mixed, R"({"foo":2})"));
  EXPECT_FALSE(is_valid(mixed, R"({"xbar":1})"));
  EXPECT_FALSE(is_valid(mixed, R"({"other":1})"));
}

TEST(Schema, PatternsAreSearchedForAnywhere) {
  EXPECT_TRUE(is_valid(R"({"pattern":"b+"})", "\"abbc\""));
  EXPECT_FALSE(is_valid(R"({"pattern":"^b+$"})", "\"abbc\""));
  EXPECT_TRUE(is_valid(R"({"pattern":"^b+$"})", "7"));
  EXPECT_EQ(violations_of(R"({"pattern":"^b"})", "\"a\"")[0].message, "must match the pattern ^b");
}

TEST(Schema, ReferencesLeadToDefinitionsAndBackToTheRoot) {
  constexpr std::string_view tree =
      R"({"type":"object","properties":{"left":{"$ref":"#"},"value":{"$ref":"#/$defs/a~1b%20c"}},"$defs":{"a/b c":{"type":"integer"}},"required":["value"]})";
  EXPECT_TRUE(is_valid(tree, R"({"value":1,"left":{"value":2}})"));
  const auto violations = violations_of(tree, R"({"value":1,"left":{"value":"x","left":3}})");
  ASSERT_EQ(violations.size(), 2U);
  EXPECT_EQ(violations[0].pointer, "/left/value");
  EXPECT_EQ(violations[0].schema, "#/$defs/a~1b%20c/type");
  EXPECT_EQ(violations[1].schema, "#/type");
}

TEST(Schema, WhatStandsBesideAReferenceCountsExceptInDraft07) {
  EXPECT_FALSE(
      is_valid(R"({"properties":{"a":{"$ref":"#/$defs/x","minimum":3}},"$defs":{"x":{"type":"integer"}}})",
               R"({"a":2})"));
  EXPECT_TRUE(is_valid(
      R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"$ref":"#/definitions/x","minimum":3}},"definitions":{"x":{"type":"integer"}}})",
      R"({"a":2})"));
}

TEST(Schema, AnnotationsAndUnknownKeywordsAreAccepted) {
  EXPECT_TRUE(is_valid(
      R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/a","title":"t","description":"d",
          "default":[],"examples":[1],"deprecated":true,"readOnly":false,"writeOnly":true,"$comment":"c","format":"email",
          "contentEncoding":"base64","contentMediaType":"text/plain","x-ours":{"type":7}})",
      "1"));
}

TEST(Schema, ANameThatIsNoKeywordIsAnAnnotation) {
  EXPECT_TRUE(is_valid(R"({"requird":["a"],"$recursiveRef":"#","x":{"type":7}})", "{}"));
  // Keywords of the other draft are none.
  EXPECT_TRUE(is_valid(R"({"additionalItems":false,"items":{}})", "[1]"));
  EXPECT_TRUE(is_valid(
      R"({"$schema":"http://json-schema.org/draft-07/schema#","unevaluatedProperties":false,"prefixItems":[false]})",
      R"({"a":1})"));
}

TEST(SchemaFaults, EachKeywordHasItsShape) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> wrong = {
      {"type", {"1", "\"int\"", "[]", "[\"string\",\"string\"]", "[\"string\",1]", "null"}},
      {"properties", {"[]", "null"}},
      {"patternProperties", {"[]", "{\"(\":{}}"}},
      {"required", {"\"a\"", "[1]", "[\"a\",\"a\"]", "true"}},
      {"enum", {"{}", "1"}},
      {"minimum", {"\"1\"", "null"}},
      {"exclusiveMaximum", {"true"}},
      {"multipleOf", {"0", "-1", "\"1\"", "0.0"}},
      {"minLength", {"-1", "1.5", "\"1\""}},
      {"maxItems", {"-1.0", "true"}},
      {"uniqueItems", {"1"}},
      {"pattern", {"1", "\"(?=a)\"", "\"[\""}},
      {"$ref",
       {"1", "\"other.json\"", "\"http://example.com/\"", "\"file:///etc/passwd\"", "\"#name\"",
        "\"#/nowhere\"", "\"#/%zz\"", "\"\""}},
      {"$defs", {"[]"}},
      {"$schema", {"\"http://json-schema.org/draft-04/schema#\"", "1"}},
      {"$id", {"1", "\"a#b\""}},
      {"$anchor", {"1", "\"\"", "\"1a\"", "\"a b\""}},
      {"$dynamicRef", {"1", "\"#nowhere\""}},
      {"$vocabulary", {"[]", "{\"a\":1}"}},
      {"allOf", {"[]", "{}", "1"}},
      {"anyOf", {"[]", "true"}},
      {"oneOf", {"[]", "null"}},
      {"prefixItems", {"[]", "{}"}},
      {"items", {"[]", "[{}]"}},
      {"minContains", {"-1", "\"1\""}},
      {"maxContains", {"1.5"}},
      {"dependentRequired", {"[]", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":[\"b\",\"b\"]}"}},
      {"dependentSchemas", {"[]"}},
      {"dependencies", {"[]", "{\"a\":[1]}"}},
      {"format", {"1"}},
      {"title", {"1"}},
      {"deprecated", {"\"yes\""}},
      {"examples", {"{}"}},
  };
  for (const auto& [keyword, values] : wrong) {
    for (const auto& value : values) {
      EXPECT_EQ(faults_of("{\"" + keyword + "\":" + value + "}"), Faults{"/" + keyword + " " + keyword})
          << value;
    }
  }
  EXPECT_EQ(faults_of("1"), Faults{" "});
  EXPECT_EQ(faults_of(R"({"items":3,"additionalProperties":"no"})"),
            (Faults{"/additionalProperties ", "/items "}));
}

TEST(SchemaFaults, AllAreReportedWithTheirPlaces) {
  EXPECT_EQ(
      faults_of(
          R"({"properties":{"a/b":{"type":"int","minLength":-1}},"$defs":{"unused":{"pattern":"("}},"if":1})"),
      (Faults{"/$defs/unused/pattern pattern", "/if ", "/properties/a~1b/minLength minLength",
              "/properties/a~1b/type type"}));
}

TEST(SchemaFaults, AReferenceMustConsumeInput) {
  EXPECT_EQ(faults_of(R"({"$ref":"#"})"), Faults{"/$ref $ref"});
  EXPECT_EQ(
      faults_of(R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})").size(),
      3U);
  EXPECT_TRUE(is_valid(R"({"items":{"$ref":"#"}})", "[[[]],[]]"));
}

}  // namespace
}  // namespace xzepr::jsonschema

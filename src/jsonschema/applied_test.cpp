// Keywords that apply schemas: what the official suite does not ask for, which is what a violation says.
#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "jsonschema/schema.hpp"

namespace xzepr::jsonschema {
namespace {

using Lines = std::vector<std::string>;

/// "pointer keyword schema" of each violation.
Lines check(std::string_view schema, std::string_view value, const Options& options = {}) {
  const auto compiled = Schema::compile(*json::parse(schema), options);
  EXPECT_TRUE(compiled) << schema << (compiled ? "" : compiled.error().detail);
  Lines lines;
  if (!compiled) return lines;
  for (const auto& v : (*compiled)->validate(*json::parse(value)))
    lines.push_back(v.pointer + " " + v.keyword + " " + v.schema);
  return lines;
}

TEST(Applied, AllOfReportsEachOfItsSchemas) {
  EXPECT_EQ(check(R"({"allOf":[{"minimum":3},{"multipleOf":2}]})", "1"),
            (Lines{" minimum #/allOf/0/minimum", " multipleOf #/allOf/1/multipleOf"}));
}

TEST(Applied, AnyOfAndOneOfExplainTheNearestBranch) {
  constexpr std::string_view schema =
      R"({"anyOf":[{"type":"string"},{"type":"object","required":["a","b"]},{"type":"object","required":["a","b","c"]}]})";
  EXPECT_EQ(check(schema, R"({"a":1})"), (Lines{" anyOf #/anyOf", "/b required #/anyOf/1/required"}));
  EXPECT_EQ(check(R"({"oneOf":[{"type":"null"},{"minimum":2}]})", "1"),
            (Lines{" oneOf #/oneOf", " minimum #/oneOf/1/minimum"}));
  EXPECT_EQ(check(R"({"oneOf":[{"type":"integer"},{"minimum":2}]})", "3"), (Lines{" oneOf #/oneOf"}));
  EXPECT_EQ(check(R"({"not":{"type":"integer"}})", "3"), (Lines{" not #/not"}));
}

TEST(Applied, AConditionReportsWhatFollowsFromIt) {
  constexpr std::string_view schema =
      R"({"if":{"properties":{"kind":{"const":"a"}}},"then":{"required":["x"]},"else":{"required":["y"]}})";
  EXPECT_EQ(check(schema, R"({"kind":"a"})"), (Lines{"/x required #/then/required"}));
  EXPECT_EQ(check(schema, R"({"kind":"b"})"), (Lines{"/y required #/else/required"}));
}

TEST(Applied, ItemsAreNamedByTheirPlace) {
  EXPECT_EQ(check(R"({"prefixItems":[{"type":"null"}],"items":false})", "[1,2]"),
            (Lines{"/0 type #/prefixItems/0/type", "/1 items #/items"}));
  EXPECT_EQ(
      check(
          R"({"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"null"}],"additionalItems":false})",
          "[1,2]"),
      (Lines{"/0 type #/items/0/type", "/1 additionalItems #/additionalItems"}));
  EXPECT_EQ(check(R"({"contains":{"type":"null"}})", "[1]"), (Lines{" contains #/contains"}));
  EXPECT_EQ(check(R"({"contains":{"type":"integer"},"minContains":2})", "[1]"),
            (Lines{" minContains #/minContains"}));
  EXPECT_EQ(check(R"({"contains":{"type":"integer"},"maxContains":1})", "[1,2]"),
            (Lines{" maxContains #/maxContains"}));
}

TEST(Applied, MembersAreNamedByTheirPlace) {
  EXPECT_EQ(check(R"({"dependentRequired":{"a":["b","c"]}})", R"({"a":1,"c":1})"),
            (Lines{"/b dependentRequired #/dependentRequired"}));
  EXPECT_EQ(check(R"({"dependencies":{"a":["b"]}})", R"({"a":1})"),
            (Lines{"/b dependencies #/dependencies"}));
  EXPECT_EQ(check(R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"a":1})"),
            (Lines{"/b required #/dependentSchemas/a/required"}));
  EXPECT_EQ(check(R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})"),
            (Lines{"/abc maxLength #/propertyNames/maxLength"}));
}

TEST(Applied, WhatIsUnevaluatedIsNamedOnce) {
  constexpr std::string_view schema =
      R"({"allOf":[{"properties":{"a":{"type":"string"}}}],"anyOf":[{"properties":{"b":true},"required":["b"]},true],"unevaluatedProperties":false})";
  EXPECT_EQ(check(schema, R"({"a":"x","b":1,"c":1})"),
            (Lines{"/c unevaluatedProperties #/unevaluatedProperties"}));
  // A member that is wrong was looked at all the same.
  EXPECT_EQ(check(schema, R"({"a":1})"), (Lines{"/a type #/allOf/0/properties/a/type"}));
  EXPECT_EQ(
      check(R"({"prefixItems":[true],"contains":{"type":"null"},"unevaluatedItems":false})", "[1,null,2]"),
      (Lines{"/2 unevaluatedItems #/unevaluatedItems"}));
}

TEST(Applied, ReferencesFindSchemasByEveryName) {
  constexpr std::string_view schema = R"({"$id":"https://example.com/root",
    "properties":{"a":{"$ref":"#name"},"b":{"$ref":"part"},"c":{"$ref":"https://example.com/part#inner"},"d":{"$ref":"#/$defs/p/$defs/i"}},
    "$defs":{"n":{"$anchor":"name","type":"null"},"p":{"$id":"part","type":"null","$defs":{"i":{"$anchor":"inner","type":"null"}}}}})";
  EXPECT_EQ(check(schema, R"({"a":1,"b":1,"c":1,"d":1})"),
            (Lines{"/a type #/$defs/n/type", "/b type #/$defs/p/type", "/c type #/$defs/p/$defs/i/type",
                   "/d type #/$defs/p/$defs/i/type"}));
}

TEST(Applied, APlaceInAMetaSchemaIsItsUri) {
  EXPECT_EQ(
      check(R"({"$ref":"http://json-schema.org/draft-07/schema#"})", R"({"minLength":-1,"type":1})"),
      (Lines{
          "/minLength minimum http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger/minimum",
          "/type anyOf http://json-schema.org/draft-07/schema#/properties/type/anyOf",
          "/type enum http://json-schema.org/draft-07/schema#/definitions/simpleTypes/enum"}));
}

TEST(Applied, DynamicReferencesMeanTheOutermostAnchor) {
  constexpr std::string_view schema =
      R"({"$id":"urn:strict","$dynamicAnchor":"node","$ref":"urn:tree","unevaluatedProperties":false,
    "$defs":{"tree":{"$id":"urn:tree","$dynamicAnchor":"node","type":"object",
      "properties":{"value":true,"children":{"items":{"$dynamicRef":"#node"}}}}}})";
  EXPECT_EQ(check(schema, R"({"children":[{"value":1,"x":1}]})"),
            (Lines{"/children/0/x unevaluatedProperties #/unevaluatedProperties"}));
}

TEST(Applied, FormatsAreAssertedOnlyWhenAsked) {
  constexpr std::string_view schema = R"({"properties":{"a":{"format":"date"},"b":{"format":"our-own"}}})";
  EXPECT_EQ(check(schema, R"({"a":"x","b":"x"})"), Lines{});
  EXPECT_EQ(check(schema, R"({"a":"x","b":"x"})", {.formats = Formats::asserted}),
            (Lines{"/a format #/properties/a/format"}));
  EXPECT_EQ(check(schema, R"({"a":7})", {.formats = Formats::asserted}), Lines{});
}

TEST(Applied, DocumentsAreFoundWhenTheyAreGiven) {
  const json::Value other = *json::parse(R"({"$defs":{"x":{"type":"null"}}})");
  const std::array<Document, 1> documents{{{.uri = "https://example.com/other", .schema = &other}}};
  EXPECT_EQ(check(R"({"$ref":"https://example.com/other#/$defs/x"})", "1", {.documents = documents}),
            (Lines{" type https://example.com/other#/$defs/x/type"}));
}

}  // namespace
}  // namespace xzepr::jsonschema

// The time that a hostile schema can take: each keyword, on a value chosen for it, applied by a bomb of allOf
// until the budget is spent. Every line must stay under 50 ms (security row F21) on an ordinary machine.
// "asking" is the same within not, where nothing is reported; patterns are also run once on the longest text
// that the budget allows.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "json/parse.hpp"
#include "json/write.hpp"
#include "jsonschema/limits.hpp"
#include "jsonschema/pattern.hpp"
#include "jsonschema/schema.hpp"

namespace {

namespace js = xzepr::jsonschema;
using xzepr::json::Value;

std::string repeat(std::string_view item, std::size_t count, std::string_view separator = ",") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.append(i == 0 ? "" : separator).append(item);
  return text;
}

template <class Make>
std::string list(std::size_t count, Make make) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + make(i);
  return text;
}

std::string bomb(std::string_view leaf) {
  constexpr int levels = 24;
  std::string defs;
  for (int i = 0; i < levels; ++i) {
    const std::string next = fmt::format(R"({{"$ref":"#/$defs/d{}"}})", i + 1);
    defs += fmt::format(R"("d{}":{{"allOf":[{},{}]}},)", i, next, next);
  }
  return fmt::format(R"("$defs":{{{}"d{}":{}}})", defs, levels, leaf);
}

void add(const std::string& name, const std::string& schema_text, const std::string& value_text) {
  const auto parsed = xzepr::json::parse(schema_text);
  if (!parsed) throw std::runtime_error(name + ": " + parsed.error().detail);
  auto schema = js::Schema::compile(*parsed, {.formats = js::Formats::asserted});
  if (!schema) throw std::runtime_error(name + ": " + schema.error().detail);
  auto value = std::make_shared<const Value>(*xzepr::json::parse(value_text));
  benchmark::RegisterBenchmark(name.c_str(), [schema = *schema, value](benchmark::State& state) {
    std::string last;
    for (auto _ : state) {
      const auto violations = schema->validate(*value);
      last = violations.empty() ? "valid" : violations.back().keyword;
    }
    state.SetLabel(last);
  })->Unit(benchmark::kMillisecond);
}

void add_bomb(const std::string& name, const std::string& leaf, const std::string& value) {
  add(name, R"({"$ref":"#/$defs/d0",)" + bomb(leaf) + "}", value);
  add(name + "/asking", R"({"not":{"not":{"$ref":"#/$defs/d0"}},)" + bomb(leaf) + "}", value);
}

std::string quoted(const std::string& text) { return xzepr::json::write(Value(text)); }

void add_scalars() {
  const std::string words =
      list(7'000, [](std::size_t i) { return fmt::format(R"("a prefix of some length {:05}")", i); });
  add_bomb("type", R"({"type":"integer"})", "1");
  add_bomb("enum strings", R"({"enum":[)" + words + "]}", R"("a prefix of some length 06999")");
  add_bomb("enum objects", R"({"enum":[)" + repeat(R"({"a":[1,2]})", 2'000) + R"(,{"a":[1,3]}]})",
           R"({"a":[1,3]})");
  add_bomb("enum numbers", R"({"enum":[)" + repeat("1.5", 9'000) + ",2]}", "2");
  add_bomb("const text", R"({"const":")" + repeat("x", 200'000, "") + "\"}",
           "\"" + repeat("x", 200'000, "") + "\"");
  add_bomb("minimum", R"({"minimum":0.5})", "18446744073709551615");
  add_bomb("multipleOf", R"({"multipleOf":1e-9})", "1.2345678901234567e300");
  add_bomb("multipleOf large", R"({"multipleOf":0.0000000000007})", "1844674407370955161");
  add_bomb("maxLength", R"({"maxLength":500000})", "\"" + repeat("é", 400'000, "") + "\"");
  add_bomb("minLength short", R"({"minLength":3})", R"("ééé")");
  for (const auto& [format, text] : std::vector<std::pair<std::string, std::string>>{
           {"regex", repeat("[\\s\\S]", 20'000, "")},
           {"regex", repeat("(?:a|\\p{Letter})", 20'000, "")},
           {"email", repeat("a", 63, "") + "@" + repeat("abc", 100'000, ".")},
           {"uri", "a:" + repeat("%41", 100'000, "")},
           {"hostname", repeat("abc", 60, ".")},
           {"ipv6", "1:2:3:4:5:6:255.255.255.255"},
           {"date-time", "2026-01-31T09:30:00.123456789+23:59"},
           {"json-pointer", repeat("/~0", 100'000, "")},
           {"duration", "P" + repeat("1", 300'000, "") + "D"}}) {
    add_bomb("format " + format, R"({"format":")" + format + "\"}", quoted(text));
  }
}

void add_arrays() {
  const std::string numbers = "[" + list(100'000, [](std::size_t i) { return std::to_string(i); }) + "]";
  add_bomb("items", R"({"items":{"type":"integer"}})", numbers);
  add_bomb("uniqueItems numbers", R"({"uniqueItems":true})", numbers);
  add_bomb("uniqueItems mixed", R"({"uniqueItems":true})",
           "[null," + list(30'000, [](std::size_t i) { return std::to_string(i); }) + "]");
  add("uniqueItems 1e5", R"({"uniqueItems":true})", numbers);
  add_bomb("uniqueItems texts", R"({"uniqueItems":true})",
           "[" + list(30'000, [](std::size_t i) {
             return fmt::format(R"("a long common prefix {:06}")", 999'999 - i);
           }) + "]");
  add_bomb("uniqueItems few long", R"({"uniqueItems":true})", "[" + list(40, [](std::size_t i) {
                                                                return "\"" + repeat("x", 20'000, "") +
                                                                       std::to_string(i) + "\"";
                                                              }) + "]");
  add_bomb(
      "uniqueItems objects", R"({"uniqueItems":true})",
      "[" + list(20'000, [](std::size_t i) { return fmt::format(R"({{"b":{},"a":[{}]}})", i, i); }) + "]");
  add_bomb("contains", R"({"contains":{"type":"string"},"minContains":0,"maxContains":0})", numbers);
  add_bomb("unevaluatedItems",
           R"({"anyOf":[{"prefixItems":[true]},{"contains":{"minimum":50000}}],"unevaluatedItems":true})",
           numbers);
  add_bomb("multipleOf items", R"({"items":{"multipleOf":0.7}})", numbers);
}

void add_objects() {
  const std::string keys =
      list(40'000, [](std::size_t i) { return fmt::format(R"("member number {:05}":1)", i); });
  const std::string names =
      list(9'000, [](std::size_t i) { return fmt::format(R"("member number {:05}")", i); });
  add_bomb("required", R"({"required":[)" + names + "]}", "{" + keys + "}");
  add_bomb("required long", R"({"required":[")" + repeat("k", 200'000, "") + "\"]}",
           "{\"" + repeat("k", 200'000, "") + "\":1," + keys + "}");
  add_bomb("properties",
           R"({"properties":{)" +
               list(9'000, [](std::size_t i) { return fmt::format(R"("member number {:05}":true)", i); }) +
               "}}",
           "{" + keys + "}");
  add_bomb("properties long",
           R"({"properties":{")" + repeat("k", 100'000, "") + R"(a":true,")" + repeat("k", 100'000, "") +
               "b\":true}}",
           "{\"" + repeat("k", 100'000, "") + "b\":1}");
  add_bomb("patternProperties", R"({"patternProperties":{"^member [a-z]+ [0-9]*$":true,"x":true}})",
           "{" + keys + "}");
  add_bomb("propertyNames", R"({"propertyNames":{"maxLength":50}})", "{" + keys + "}");
  add_bomb("dependentRequired", R"({"dependentRequired":{"member number 00001":[)" + names + "]}}",
           "{" + keys + "}");
  add_bomb("dependentSchemas",
           R"({"dependentSchemas":{"member number 00001":{"type":"object"},"none":false}})",
           "{" + keys + "}");
  add_bomb(
      "unevaluatedProperties",
      R"({"anyOf":[{"properties":{"member number 00001":true}},{"patternProperties":{"7":true}}],"unevaluatedProperties":true})",
      "{" + keys + "}");
  add_bomb("unevaluatedProperties small",
           R"({"anyOf":[{"properties":{"a":true}},true],"unevaluatedProperties":true})", R"({"a":1})");
}

void add_applied() {
  add_bomb("anyOf last", R"({"anyOf":[)" + repeat("false", 500) + ",true]}", "1");
  add_bomb("anyOf none", R"({"anyOf":[)" + repeat(R"({"required":["a","b","c"]})", 200) + "]}", "{}");
  add_bomb("oneOf none of wide", R"({"oneOf":[)" + repeat(R"({"items":{"type":"string"}})", 200) + "]}",
           "[" + repeat("1", 1'000) + "]");
  add_bomb("not", R"({"not":{"not":{"not":false}}})", "1");
  add_bomb("if", R"({"if":{"type":"string"},"then":false,"else":{"if":true,"then":{"type":"integer"}}})",
           "1");
  add("recursion",
      R"({"anyOf":[{"type":"integer"},{"items":{"$ref":"#"}},{"additionalProperties":{"$ref":"#"},"items":{"$ref":"#"}}]})",
      repeat("[", 31, "") + repeat("\"a\"", 50'000) + repeat("]", 31, ""));
  add("dynamicRef",
      R"({"$id":"urn:a","$dynamicAnchor":"n","$ref":"urn:b","$defs":{"b":{"$id":"urn:b","$dynamicAnchor":"n","items":{"allOf":[{"$dynamicRef":"#n"},{"$dynamicRef":"#n"},{"$dynamicRef":"#n"}]}}}})",
      repeat("[", 20, "") + repeat("1", 1'000) + repeat("]", 20, ""));
  add("meta-schema", R"({"items":{"$ref":"https://json-schema.org/draft/2020-12/schema"}})",
      "[" +
          repeat(R"({"properties":{"a":{"type":"string","minLength":1},"b":{"items":{"$ref":"#"}}}})",
                 10'000) +
          "]");
}

// One long text for each pattern: as many bytes as its cost lets pass.
void add_patterns() {
  for (const std::string& pattern : std::vector<std::string>{
           "^(a+)+$", "(?:a)*", "[ab]*a[ab]{200}c", "[ab]*a[ab]{12}c", "[ab]*a[ab]{4}c", "[ab]*a[ab]{5}c",
           "(x+x+)+y", "a{900}b", "(?:a|b|ab)*[^]c", "(a|a)*(a|aa)*c", "\\p{L}*\\d\\p{L}{5}x",
           "\\p{L}*\\d\\p{L}{90}x", "(?:.*a){10}b", "[\\s\\S]*a[\\s\\S]{15}b", "(?:a?){50}a{50}b"}) {
    const auto compiled = js::Pattern::compile(pattern);
    if (!compiled) {
      fmt::print(stderr, "refused, so it costs nothing: {}: {}\n", pattern, compiled.error());
      continue;
    }
    const std::size_t per_byte = compiled->cost(std::string(1'000, 'a')) / 1'000 + 1;
    const std::size_t length =
        std::min<std::size_t>(xzepr::limits::schema_steps_max / per_byte - 20, 1'000'000);
    std::string text;
    std::uint64_t random = 88'172'645'463'325'252;
    for (std::size_t i = 0; i < length; ++i) {
      random ^= random << 13U;
      random ^= random >> 7U;
      random ^= random << 17U;
      text += (random >> 33U & 1U) == 0 ? 'b' : 'a';
    }
    const std::string schema = R"({"pattern":)" + quoted(pattern) + "}";
    add("pattern " + pattern, schema, "\"" + text + "\"");
    add_bomb("pattern short " + pattern, schema, "\"" + text.substr(0, 40) + "\"");
  }
}

}  // namespace

int main(int count, char** arguments) {
  add_scalars();
  add_arrays();
  add_objects();
  add_applied();
  add_patterns();
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

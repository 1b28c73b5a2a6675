// The first line is a schema, the rest a value. Work is bounded whatever they are, every violation names a
// place that exists in the value and one that exists in the schema, and what compiles is valid by its
// meta-schema.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "jsonschema/limits.hpp"
#include "jsonschema/schema.hpp"

namespace {

namespace limits = xzepr::limits;
namespace js = xzepr::jsonschema;
using js::Schema;
using xzepr::Violation;
using xzepr::json::Value;

void check_faults(const Value& schema, const xzepr::Error& error) {
  XZEPR_ASSERT(error.code == "schema_invalid");
  XZEPR_ASSERT(!error.violations.empty() && error.violations.size() <= limits::schema_violations_max);
  for (const auto& fault : error.violations) {
    XZEPR_ASSERT(xzepr::json::find(schema, fault.pointer) != nullptr);
    XZEPR_ASSERT(fault.message.size() < 1'000);
  }
}

void check_violation(const Value& value, const Violation& violation) {
  XZEPR_ASSERT(violation.schema.starts_with('#') || violation.schema.starts_with("http"));
  XZEPR_ASSERT(violation.message.size() < 1'000);
  if (violation.keyword == "budget" || violation.keyword == "more") return;
  const bool is_missing = violation.message.starts_with("is required");
  XZEPR_ASSERT((xzepr::json::find(value, violation.pointer) != nullptr) != is_missing);
}

/// In draft-07 what a reference hides is not compiled, though the meta-schema looks at it.
bool has_draft_07(const Value& schema) {
  const auto* object = schema.if_object();
  if (const auto* array = schema.if_array()) return std::ranges::any_of(*array, has_draft_07);
  if (object == nullptr) return false;
  return object->contains("$schema") ||
         std::ranges::any_of(*object, [](const auto& member) { return has_draft_07(member.value()); });
}

void check_metaschema(const Value& schema) {
  static const auto metaschema =
      *Schema::compile(Value{{"$ref", "https://json-schema.org/draft/2020-12/schema"}});
  if (has_draft_07(schema)) return;
  const auto violations = metaschema->validate(schema);
  XZEPR_ASSERT(violations.empty() || violations[0].keyword == "budget");
}

void check_value(const Schema& schema, const Value& value) {
  const auto violations = schema.validate(value);
  XZEPR_ASSERT(violations.size() <= limits::schema_violations_max);
  for (const auto& violation : violations) check_violation(value, violation);
  XZEPR_ASSERT(schema.validate(value) == violations);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), text.size());
  const auto schema = xzepr::json::parse(text.substr(0, end));
  if (!schema) return 0;
  const auto compiled = Schema::compile(*schema, {.formats = js::Formats::asserted});
  if (!compiled) {
    check_faults(*schema, compiled.error());
    return 0;
  }
  check_metaschema(*schema);
  const auto value = xzepr::json::parse(text.substr(std::min(end + 1, text.size())));
  if (value) check_value(**compiled, *value);
  return 0;
}

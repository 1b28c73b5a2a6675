// The first line is a schema, the rest a value. Work is bounded whatever they are, and every violation names
// a place that exists in the value and one that exists in the schema.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "jsonschema/schema.hpp"

namespace {

using xzepr::Violation;
using xzepr::json::Value;
using xzepr::jsonschema::Schema;

void check_faults(const Value& schema, const xzepr::Error& error) {
  XZEPR_ASSERT(error.code == "schema_invalid");
  XZEPR_ASSERT(!error.violations.empty() && error.violations.size() <= Schema::violations_max);
  for (const auto& fault : error.violations)
    XZEPR_ASSERT(xzepr::json::find(schema, fault.pointer) != nullptr);
}

void check_violation(const Value& value, const Violation& violation) {
  XZEPR_ASSERT(violation.schema.starts_with('#'));
  XZEPR_ASSERT(violation.message.size() < 1'000);
  if (violation.keyword == "budget") return;
  const bool is_there = xzepr::json::find(value, violation.pointer) != nullptr;
  XZEPR_ASSERT(is_there != (violation.keyword == "required"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), text.size());
  const auto schema = xzepr::json::parse(text.substr(0, end));
  if (!schema) return 0;
  const auto compiled = Schema::compile(*schema);
  if (!compiled) {
    check_faults(*schema, compiled.error());
    return 0;
  }
  const auto value = xzepr::json::parse(text.substr(std::min(end + 1, text.size())));
  if (!value) return 0;
  const auto violations = (*compiled)->validate(*value);
  XZEPR_ASSERT(violations.size() <= Schema::violations_max);
  for (const auto& violation : violations) check_violation(*value, violation);
  XZEPR_ASSERT((*compiled)->validate(*value) == violations);
  return 0;
}

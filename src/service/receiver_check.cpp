#include "service/receiver_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/object_reader.hpp"
#include "json/write.hpp"
#include "jsonschema/schema.hpp"
#include "service/field_formats.hpp"
#include "service/payload_schema.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

std::string clean_field(std::string_view field, std::string_view text, const TextRule& rule,
                        std::vector<Violation>& faults) {
  auto cleaned = clean_text(text, rule);
  if (cleaned) return *std::move(cleaned);
  cleaned.error().pointer = fmt::format("/{}", field);
  faults.push_back(std::move(cleaned).error());
  return {};
}

// A type travels in message headers and filters: one word.
std::string clean_type(std::string_view text, std::vector<Violation>& faults) {
  auto type = clean_field("type", text, {.length_min = 1, .length_max = limits::name_length_max}, faults);
  if (type.find(' ') != std::string::npos) {
    faults.push_back({.pointer = "/type", .keyword = "pattern", .message = "must not hold spaces"});
  }
  return type;
}

void check_schema(const json::Value& schema, std::vector<Violation>& faults) {
  auto compiled = jsonschema::Schema::compile(schema, payload_schemas);
  if (compiled) return;
  auto& found = compiled.error().violations;
  if (found.empty())
    found.push_back({.pointer = "", .keyword = "schema", .message = compiled.error().detail});
  prefix_pointers(found, "/schema");
  std::ranges::move(found, std::back_inserter(faults));
}

Error refusal(std::vector<Violation> faults) {
  const bool is_schema_only = std::ranges::all_of(faults, [](const Violation& fault) {
    return fault.pointer == "/schema" || fault.pointer.starts_with("/schema/");
  });
  if (!is_schema_only) return json::request_invalid(std::move(faults));
  Error error{
      .kind = Errc::invalid,
      .code = "schema_invalid",
      .detail = fmt::format("{} problem{} in the schema", faults.size(), faults.size() == 1 ? "" : "s")};
  error.violations = std::move(faults);
  error.hint = "schemas are JSON Schema (2020-12, or draft-07 by $schema); patterns are RE2";
  error.field = "schema";
  return error;
}

bool asks_for_change(const std::optional<std::string>& asked, std::string_view present) {
  if (!asked) return false;
  const auto cleaned = clean_text(*asked, {.length_min = 1, .length_max = limits::name_length_max});
  return !cleaned || *cleaned != present;
}

}  // namespace

Triple clean_triple(const Triple& asked, std::vector<Violation>& faults) {
  Triple out;
  out.name =
      clean_field("name", asked.name, {.length_min = 1, .length_max = limits::name_length_max}, faults);
  out.type = clean_type(asked.type, faults);
  out.version = clean_field("version", asked.version,
                            {.length_min = 1, .length_max = limits::version_length_max}, faults);
  return out;
}

std::string clean_description(std::string_view text, std::vector<Violation>& faults) {
  const TextRule rule{.length_min = 0,
                      .length_max = limits::description_length_max,
                      .controls = ControlCharacters::newline_and_tab_allowed};
  return clean_field("description", text, rule, faults);
}

Result<domain::Receiver> check_receiver(const NewReceiver& asked) {
  std::vector<Violation> faults;
  const Triple triple =
      clean_triple({.name = asked.name, .type = asked.type, .version = asked.version}, faults);
  domain::Receiver out;
  out.name = triple.name;
  out.type = triple.type;
  out.version = triple.version;
  out.description = clean_description(asked.description, faults);
  check_schema(asked.schema, faults);
  static_cast<void>(FieldFormatChecks::compile(asked.field_formats, faults));
  if (!faults.empty()) return std::unexpected(refusal(std::move(faults)));
  out.schema = json::write(asked.schema);
  out.field_formats = asked.field_formats;
  out.enabled = asked.enabled;
  out.fingerprint = domain::fingerprint_of(out);
  return out;
}

Result<CheckedReceiverUpdate> check_receiver_update(const ReceiverUpdate& asked) {
  std::vector<Violation> faults;
  CheckedReceiverUpdate out;
  if (asked.description) out.description = clean_description(*asked.description, faults);
  if (asked.schema) check_schema(*asked.schema, faults);
  if (asked.field_formats) static_cast<void>(FieldFormatChecks::compile(*asked.field_formats, faults));
  if (!faults.empty()) return std::unexpected(refusal(std::move(faults)));
  if (asked.schema) out.schema = json::write(*asked.schema);
  out.field_formats = asked.field_formats;
  out.enabled = asked.enabled;
  out.name = asked.name;
  out.type = asked.type;
  out.version = asked.version;
  return out;
}

std::vector<std::string> changed_fixed_fields(const Triple& present, const std::optional<std::string>& name,
                                              const std::optional<std::string>& type,
                                              const std::optional<std::string>& version) {
  std::vector<std::string> fields;
  if (asks_for_change(name, present.name)) fields.emplace_back("name");
  if (asks_for_change(type, present.type)) fields.emplace_back("type");
  if (asks_for_change(version, present.version)) fields.emplace_back("version");
  return fields;
}

Result<domain::Receiver> apply_update(const domain::Receiver& receiver, const CheckedReceiverUpdate& update) {
  const auto fixed =
      changed_fixed_fields({.name = receiver.name, .type = receiver.type, .version = receiver.version},
                           update.name, update.type, update.version);
  if (!fixed.empty()) return std::unexpected(field_fixed("receiver", fixed));
  domain::Receiver out = receiver;
  if (update.description) out.description = *update.description;
  if (update.schema) out.schema = *update.schema;
  if (update.field_formats) out.field_formats = *update.field_formats;
  if (update.enabled) out.enabled = *update.enabled;
  out.fingerprint = domain::fingerprint_of(out);
  return out;
}

}  // namespace xzepr::service

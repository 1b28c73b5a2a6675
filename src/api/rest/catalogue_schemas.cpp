#include <array>

#include "api/rest/schemas.hpp"
#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Member;
using schema::Need;

json::Value description() { return schema::text(0, limits::description_length_max); }

// One word: a type travels in message headers and filters.
json::Value type_word() {
  auto made = schema::text(1, limits::name_length_max);
  made.as_object()["pattern"] = "^\\s*[^\\u0000-\\u001f\\u007f-\\u009f ]+\\s*$";
  return made;
}

std::vector<Member> new_members() {
  return {{"name", schema::line(1, limits::name_length_max), "Together with type and version unique."},
          {"type", type_word(), "What kind of thing it is about, without spaces: dev.example.scan."},
          {"version", schema::line(1, limits::version_length_max), ""},
          {"description", description(), "For people.", Need::optional},
          {"enabled", schema::with_default(schema::flag(), true), "", Need::optional}};
}

std::vector<Member> update_members() {
  return {{"name", schema::text(), "May be repeated, but not changed.", Need::optional},
          {"type", schema::text(), "May be repeated, but not changed.", Need::optional},
          {"version", schema::text(), "May be repeated, but not changed.", Need::optional},
          {"description", description(), "", Need::optional},
          {"enabled", schema::flag(), "", Need::optional}};
}

json::Value json_schema() { return json::Object{{"type", json::Array{"object", "boolean"}}}; }

json::Value field_formats() {
  json::Object properties;
  for (const auto* field : {"name", "version", "release", "platform_id", "package", "description"}) {
    properties[field] = schema::pattern("^(semver|uri|email|uuid|regex:.+)$");
  }
  return json::Object{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

constexpr std::string_view schema_words =
    "JSON Schema (2020-12, or draft-07 by $schema) that payloads must match; any payload when left out.";
constexpr std::string_view formats_words =
    "What an event's own fields must look like: semver, uri, email, uuid or regex:PATTERN (RE2, the whole "
    "field).";

json::Value receiver_example() {
  const json::Object count{{"type", "integer"}, {"minimum", 0}};
  const json::Object payload{{"type", "object"},
                             {"properties", json::Object{{"critical_count", count}}},
                             {"required", json::Array{"critical_count"}}};
  return json::Object{
      {"name", "sast-scan"}, {"type", "dev.example.scan"}, {"version", "1.2"}, {"schema", payload}};
}

json::Value new_receiver() {
  auto members = new_members();
  members.push_back({"schema", json_schema(), schema_words, Need::absent});
  members.push_back({"field_formats", field_formats(), formats_words, Need::optional});
  return schema::with_example(
      schema::request("An event receiver: a kind of event and the shape of its payload.", std::move(members)),
      receiver_example());
}

json::Value receiver_update() {
  auto members = update_members();
  members.push_back({"schema", json_schema(), schema_words, Need::absent});
  members.push_back({"field_formats", field_formats(), formats_words, Need::optional});
  return schema::with_example(schema::request("What is left out stays as it is.", std::move(members)),
                              json::Object{{"description", "Static analysis of every build"}});
}

std::vector<Member> kept_members() {
  return {{"id", schema::id(), ""},
          {"name", schema::text(), ""},
          {"type", schema::text(), ""},
          {"version", schema::text(), ""},
          {"description", schema::text(), ""},
          {"enabled", schema::flag(), ""},
          {"owner_id", schema::text(), "A user's id, or role:NAME."},
          {"resource_version", schema::integer(1), "Grows with every change; the ETag."},
          {"created_at", schema::time(), ""},
          {"updated_at", schema::time(), ""}};
}

json::Value receiver() {
  auto members = kept_members();
  members.push_back({"schema", json_schema(), "The payload's JSON Schema."});
  members.push_back({"field_formats", schema::map_of(schema::text()), ""});
  members.push_back({"fingerprint", schema::text(), "Of its content: equal ones have equal fingerprints."});
  return schema::answer("An event receiver.", std::move(members));
}

json::Value receiver_page() { return schema::page_of("Receiver"); }

json::Value enabled_change() {
  return schema::with_example(schema::request("", {{"enabled", schema::flag(), ""}}),
                              json::Object{{"enabled", false}});
}

json::Value payload_to_check() {
  return schema::with_example(schema::request("", {{"payload", schema::any(), "What an event would carry."}}),
                              json::Object{{"payload", json::Object{{"critical_count", 0}}}});
}

json::Value validation() {
  return schema::answer("", {{"valid", schema::flag(), ""},
                             {"violations", schema::list_of(schema::ref("Violation")), "Empty when valid."}});
}

json::Value made() {
  return schema::answer("",
                        {{"data", schema::id(), "The id, under its older name."}, {"id", schema::id(), ""}});
}

json::Value receivers_of(std::size_t min) {
  return schema::list_of(schema::text(), min, limits::receivers_per_group_max);
}

json::Value group_example() {
  return json::Object{{"name", "ready-to-ship"},
                      {"type", "dev.example.gate"},
                      {"version", "1"},
                      {"event_receiver_ids", json::Array{"sast-scan", "unit-tests"}}};
}

json::Value new_group() {
  auto members = new_members();
  members.push_back({"event_receiver_ids", receivers_of(1),
                     "The receivers that must all pass: ids, names or name@version, each once."});
  return schema::with_example(
      schema::request("A group of receivers: a gate that opens for an artifact when all of them have passed.",
                      std::move(members)),
      group_example());
}

json::Value group_update() {
  auto members = update_members();
  members.push_back({"event_receiver_ids", receivers_of(1), "All of them anew.", Need::optional});
  return schema::with_example(schema::request("What is left out stays as it is.", std::move(members)),
                              json::Object{{"event_receiver_ids", json::Array{"sast-scan", "unit-tests"}}});
}

json::Value group() {
  auto members = kept_members();
  members.push_back({"event_receiver_ids", schema::list_of(schema::id()), ""});
  members.push_back({"members", schema::list_of(schema::text()), "User ids and role:NAME."});
  return schema::answer("A group of receivers: a gate.", std::move(members));
}

json::Value group_page() { return schema::page_of("Group"); }

json::Value member() {
  return schema::answer("", {{"user_id", schema::text(), "A user's id, or role:NAME."}});
}

json::Value members() { return schema::answer("", {{"data", schema::list_of(schema::ref("Member")), ""}}); }

json::Value new_member() {
  return schema::with_example(
      schema::request("", {{"user_id", schema::text(1), "A user's id or name, or role:NAME."}}),
      json::Object{{"user_id", "role:release-team"}});
}

constexpr auto catalogue_schema_table = std::to_array<NamedSchema>({{"NewReceiver", new_receiver},
                                                                    {"ReceiverUpdate", receiver_update},
                                                                    {"Receiver", receiver},
                                                                    {"ReceiverPage", receiver_page},
                                                                    {"EnabledChange", enabled_change},
                                                                    {"PayloadToCheck", payload_to_check},
                                                                    {"Validation", validation},
                                                                    {"Made", made},
                                                                    {"NewGroup", new_group},
                                                                    {"GroupUpdate", group_update},
                                                                    {"Group", group},
                                                                    {"GroupPage", group_page},
                                                                    {"Member", member},
                                                                    {"Members", members},
                                                                    {"NewMember", new_member}});

}  // namespace

std::span<const NamedSchema> catalogue_schemas() { return catalogue_schema_table; }

}  // namespace xzepr::api::rest

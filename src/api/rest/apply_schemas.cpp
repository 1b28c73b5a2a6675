#include <array>

#include "api/rest/schemas.hpp"
#include "base/limits.hpp"
#include "service/apply_service.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Need;

json::Value document() {
  json::Object open{{"type", "object"},
                    {"description",
                     "kind, and the members of NewReceiver; or kind and name, type, version, "
                     "description, enabled, receivers (ids, name or name@version) and members."},
                    {"required", json::Array{"kind", "name", "type", "version"}}};
  open["properties"] = json::Object{{"kind", schema::choice({"receiver", "group"})},
                                    {"name", schema::line(1, limits::name_length_max)},
                                    {"type", schema::text(1, limits::name_length_max)},
                                    {"version", schema::line(1, limits::version_length_max)},
                                    {"description", schema::text(0, limits::description_length_max)},
                                    {"enabled", schema::flag()},
                                    {"schema", schema::any()},
                                    {"field_formats", schema::map_of(schema::text())},
                                    {"receivers", schema::list_of(schema::text())},
                                    {"members", schema::list_of(schema::text())}};
  return open;
}

json::Value apply_request() {
  const json::Object group{{"kind", "group"},
                           {"name", "may-ship"},
                           {"type", "dev.example.gate"},
                           {"version", "1"},
                           {"receivers", json::Array{"sast-scan"}}};
  const json::Object receiver{
      {"kind", "receiver"}, {"name", "sast-scan"}, {"type", "dev.example.scan"}, {"version", "1.2"}};
  return schema::with_example(
      schema::request(
          "A set of receivers and groups. A group may name receivers of the same set.",
          {{"documents", schema::list_of(schema::ref("Document"), 0, service::apply_documents_max), ""},
           {"dry_run", schema::with_default(schema::flag(), false), "Decide the same and store nothing.",
            Need::optional},
           {"prune", schema::with_default(schema::flag(), false),
            "Remove what you own and no document names; a receiver that has events is disabled.",
            Need::optional}}),
      json::Object{{"documents", json::Array{receiver, group}}, {"dry_run", true}});
}

json::Value applied_object() {
  return schema::answer(
      "What became of one object.",
      {{"document", schema::nullable(schema::integer(0)), "Its number in the set; null when it was pruned."},
       {"kind", schema::choice({"receiver", "group"}), ""},
       {"change", schema::choice({"created", "changed", "unchanged", "deleted", "disabled", "kept"}), ""},
       {"id", schema::nullable(schema::id()), "Null for what a dry run would make."},
       {"name", schema::text(), ""},
       {"type", schema::text(), ""},
       {"version", schema::text(), ""},
       {"fields", schema::list_of(schema::text()), "That differ, of one that is changed."},
       {"before", schema::any(), "As a document; in a dry run only.", Need::absent},
       {"after", schema::any(), "As a document; in a dry run only.", Need::absent}});
}

json::Value applied() {
  return schema::answer("", {{"dry_run", schema::flag(), ""},
                             {"data", schema::list_of(schema::ref("AppliedObject")),
                              "The documents in order, then what was pruned."}});
}

constexpr auto apply_schema_table = std::to_array<NamedSchema>({{"Document", document},
                                                                {"ApplyRequest", apply_request},
                                                                {"AppliedObject", applied_object},
                                                                {"Applied", applied}});

}  // namespace

std::span<const NamedSchema> apply_schemas() { return apply_schema_table; }

}  // namespace xzepr::api::rest

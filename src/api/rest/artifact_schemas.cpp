#include <array>

#include "api/rest/schemas.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Member;
using schema::Need;

json::Value artifact_id() {
  return schema::with_example(schema::pattern("^[0-9a-f]{32}$"), "6f1d3c9a0b7e4d52a1c8e0f49b3d7a65");
}

std::vector<Member> artifact_fields() {
  return {{"name", schema::text(), ""},
          {"version", schema::text(), ""},
          {"release", schema::text(), ""},
          {"platform_id", schema::text(), ""},
          {"package", schema::text(), ""}};
}

json::Value artifact_name() { return schema::answer("The five fields of an artifact.", artifact_fields()); }

json::Value artifact() {
  auto members = artifact_fields();
  members.insert(members.begin(), {"id", schema::ref("ArtifactId"), ""});
  members.push_back({"first_seen_at", schema::time(), "When its first event arrived."});
  return schema::answer("An artifact that events were posted for.", std::move(members));
}

json::Value artifact_page() { return schema::page_of("Artifact"); }

json::Value receiver_status() {
  return schema::answer(
      "One receiver's part in the gate.",
      {{"id", schema::id(), ""},
       {"name", schema::text(), ""},
       {"outcome", schema::choice({"passed", "failed", "missing"}), "Of its latest event for the artifact."},
       {"event_id", schema::nullable(schema::id()), ""},
       {"at", schema::nullable(schema::time()), ""}});
}

json::Value group_name() {
  return schema::answer("", {{"id", schema::id(), ""},
                             {"name", schema::text(), ""},
                             {"type", schema::text(), ""},
                             {"version", schema::text(), ""}});
}

json::Value gate_status() {
  return schema::answer(
      "Is the gate open for the artifact, and why not.",
      {{"state", schema::choice({"open", "failing", "pending", "disabled"}),
        "failing: a receiver's latest event failed; pending: none failed, some are missing."},
       {"passed", schema::integer(0), "How many receivers have passed."},
       {"total", schema::integer(0), "How many there are."},
       {"since", schema::nullable(schema::time()), "Since when the state holds."},
       {"first_opened_at", schema::nullable(schema::time()), ""},
       {"evaluating", schema::flag(), "The group has changed and its artifacts are being looked at again."},
       {"receivers", schema::list_of(schema::ref("ReceiverStatus")), ""},
       {"group", schema::ref("GroupName"), ""},
       {"artifact_id", schema::ref("ArtifactId"), ""},
       {"artifact", schema::nullable(schema::ref("ArtifactName")), "Null when no event has named it yet."}});
}

json::Value gate_artifact() {
  return schema::answer("An artifact and the gate's state for it.",
                        {{"artifact_id", schema::ref("ArtifactId"), ""},
                         {"artifact", schema::ref("ArtifactName"), ""},
                         {"state", schema::choice({"open", "failing", "pending", "disabled"}), ""},
                         {"since", schema::time(), "Since when the state holds."},
                         {"first_opened_at", schema::nullable(schema::time()), ""}});
}

json::Value gate_artifact_page() { return schema::page_of("GateArtifact"); }

json::Value named() {
  return schema::answer(
      "", {{"id", schema::id(), ""},
           {"name", schema::nullable(schema::text()), "Null when it is not visible to the caller."}});
}

json::Value timeline_entry() {
  return schema::answer(
      "An event, or what a gate did because of one.",
      {{"position", schema::integer(1), "Its place in the journal."},
       {"kind",
        schema::choice({"event.created", "group.complete", "gate.opened", "gate.closed", "receiver.created",
                        "receiver.modified", "receiver.deleted", "group.created", "group.modified",
                        "group.deleted"}),
        ""},
       {"cause", schema::choice({"event", "group_changed", "request"}), ""},
       {"at", schema::time(), ""},
       {"event_id", schema::nullable(schema::id()), "The event, or the one that moved the gate."},
       {"receiver", schema::ref("Named"), "", Need::absent},
       {"group", schema::ref("Named"), "The gate.", Need::absent},
       {"satisfying", schema::list_of(schema::id()), "Of group.complete: the passing events.", Need::absent},
       {"event", schema::ref("Event"), "Of event.created.", Need::absent}});
}

json::Value timeline_page() { return schema::page_of("TimelineEntry"); }

constexpr auto artifact_schema_table = std::to_array<NamedSchema>({{"ArtifactId", artifact_id},
                                                                   {"ArtifactName", artifact_name},
                                                                   {"Artifact", artifact},
                                                                   {"ArtifactPage", artifact_page},
                                                                   {"ReceiverStatus", receiver_status},
                                                                   {"GroupName", group_name},
                                                                   {"GateStatus", gate_status},
                                                                   {"GateArtifact", gate_artifact},
                                                                   {"GateArtifactPage", gate_artifact_page},
                                                                   {"Named", named},
                                                                   {"TimelineEntry", timeline_entry},
                                                                   {"TimelinePage", timeline_page}});

}  // namespace

std::span<const NamedSchema> artifact_schemas() { return artifact_schema_table; }

}  // namespace xzepr::api::rest

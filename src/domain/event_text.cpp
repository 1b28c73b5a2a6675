#include "domain/event_text.hpp"

namespace xzepr::domain {

void add_artifact(json::ObjectText& object, const Artifact& artifact) {
  object.text("name", artifact.name);
  object.text("version", artifact.version);
  object.text("release", artifact.release);
  object.text("platform_id", artifact.platform_id);
  object.text("package", artifact.package);
}

void add_event(json::ObjectText& object, const Event& event, EventDetail detail) {
  const bool is_whole = detail == EventDetail::whole;
  object.id("id", event.id);
  add_artifact(object, event.artifact);
  if (is_whole) object.text("description", event.description);
  if (is_whole && !event.payload.empty()) object.json("payload", event.payload);
  object.flag("success", event.success);
  object.time("event_start", event.event_start);
  object.time("event_end", event.event_end);
  object.id("event_receiver_id", event.receiver_id);
  object.number("receiver_version", event.receiver_version);
  object.text("artifact_id", to_string(event.artifact_id));
  object.time("created_at", event.created_at);
  object.time("updated_at", event.created_at);
  object.id("created_by", event.created_by);
}

}  // namespace xzepr::domain

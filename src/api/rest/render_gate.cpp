#include "api/rest/render_gate.hpp"

#include <utility>

#include "api/rest/object_text.hpp"
#include "api/rest/render_event.hpp"
#include "domain/event_text.hpp"

namespace xzepr::api::rest {
namespace {

void append_receiver_status(std::string& out, const service::ReceiverStatus& receiver) {
  ObjectText object(out);
  object.id("id", receiver.id);
  object.text("name", receiver.name);
  object.text("outcome", domain::to_string(receiver.outcome));
  object.id("event_id", receiver.event_id);
  object.time("at", receiver.at);
  object.close();
}

void add_group(std::string& out, ObjectText& object, const domain::Group& group) {
  object.key("group");
  ObjectText inner(out);
  inner.id("id", group.id);
  inner.text("name", group.name);
  inner.text("type", group.type);
  inner.text("version", group.version);
  inner.close();
}

void add_known_artifact(std::string& out, ObjectText& object,
                        const std::optional<domain::Artifact>& artifact) {
  if (!artifact) return object.null("artifact");
  object.key("artifact");
  ObjectText inner(out);
  domain::add_artifact(inner, *artifact);
  inner.close();
}

std::string_view to_text(domain::JournalKind kind) {
  switch (kind) {
    case domain::JournalKind::event_created: return "event.created";
    case domain::JournalKind::group_complete: return "group.complete";
    case domain::JournalKind::gate_opened: return "gate.opened";
    case domain::JournalKind::gate_closed: return "gate.closed";
    case domain::JournalKind::receiver_created: return "receiver.created";
    case domain::JournalKind::receiver_modified: return "receiver.modified";
    case domain::JournalKind::receiver_deleted: return "receiver.deleted";
    case domain::JournalKind::group_created: return "group.created";
    case domain::JournalKind::group_modified: return "group.modified";
    case domain::JournalKind::group_deleted: return "group.deleted";
  }
  std::unreachable();
}

std::string_view to_text(domain::JournalCause cause) {
  switch (cause) {
    case domain::JournalCause::event: return "event";
    case domain::JournalCause::group_changed: return "group_changed";
    case domain::JournalCause::request: return "request";
  }
  std::unreachable();
}

template <class IdType>
void add_named(std::string& out, ObjectText& object, std::string_view member, const std::optional<IdType>& id,
               const std::map<IdType, std::string>& names) {
  if (!id) return;
  object.key(member);
  ObjectText inner(out);
  inner.id("id", *id);
  const auto name = names.find(*id);
  if (name == names.end()) {
    inner.null("name");
  } else {
    inner.text("name", name->second);
  }
  inner.close();
}

void append_event_id(std::string& out, const EventId& id) {
  out += '"';
  append_ulid(out, id.value);
  out += '"';
}

}  // namespace

void append_status(std::string& out, const service::GateStatus& status) {
  ObjectText object(out);
  object.text("state", domain::to_string(status.state));
  object.number("passed", static_cast<std::int64_t>(status.passed));
  object.number("total", static_cast<std::int64_t>(status.total));
  object.time("since", status.since);
  object.time("first_opened_at", status.first_opened_at);
  object.flag("evaluating", status.is_evaluating);
  object.key("receivers");
  append_array(out, status.receivers, append_receiver_status);
  add_group(out, object, status.group);
  object.text("artifact_id", domain::to_string(status.artifact_id));
  add_known_artifact(out, object, status.artifact);
  object.close();
}

void append_gate_artifact(std::string& out, const service::GateArtifact& entry) {
  ObjectText object(out);
  object.text("artifact_id", domain::to_string(entry.gate.artifact_id));
  object.key("artifact");
  ObjectText artifact(out);
  domain::add_artifact(artifact, entry.artifact);
  artifact.close();
  object.text("state", domain::to_string(entry.gate.state));
  object.time("since", entry.gate.since);
  object.time("first_opened_at", entry.gate.first_opened_at);
  object.close();
}

void append_timeline_entry(std::string& out, const store::TimelineEntry& entry, const TimelineNames& names) {
  const auto& row = entry.row;
  ObjectText object(out);
  object.number("position", row.position);
  object.text("kind", to_text(row.kind));
  object.text("cause", to_text(row.cause));
  object.time("at", row.at);
  object.id("event_id", row.event_id);
  add_named(out, object, "receiver", row.receiver_id, names.receivers);
  add_named(out, object, "group", row.group_id, names.groups);
  if (row.kind == domain::JournalKind::group_complete) {
    object.key("satisfying");
    append_array(out, row.satisfying, append_event_id);
  }
  if (entry.event) {
    object.key("event");
    append_event(out, *entry.event);
  }
  object.close();
}

}  // namespace xzepr::api::rest

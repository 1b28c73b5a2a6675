#include "domain/cloud_event.hpp"

#include <utility>

#include <fmt/compile.h>

#include "base/limits.hpp"
#include "domain/event_text.hpp"
#include "json/object_text.hpp"

namespace xzepr::domain {
namespace {

constexpr std::string_view message_source = "xzepr";
constexpr std::string_view message_api_version = "v1";
// All members of an event beside the texts of the client: names, quotes, ids and times.
constexpr std::size_t event_overhead_bytes = 700;

// What a kind of message tells of.
struct Parts {
  bool has_event = false;
  bool has_satisfying = false;
  const std::string* receiver = nullptr;
  const std::string* group = nullptr;
  const std::string* type = nullptr;
};

Parts parts_of(const JournalEntry& entry) {
  const auto* receiver = entry.receiver.get();
  const auto* group = entry.group.get();
  switch (entry.row.kind) {
    case JournalKind::event_created:
      return {.has_event = true,
              .receiver = receiver != nullptr ? &receiver->brief : nullptr,
              .type = receiver != nullptr ? &receiver->type : nullptr};
    case JournalKind::group_complete:
      return {.has_event = true,
              .has_satisfying = true,
              .group = group != nullptr ? &group->body : nullptr,
              .type = group != nullptr ? &group->type : nullptr};
    case JournalKind::receiver_created:
    case JournalKind::receiver_modified:
      return {.receiver = receiver != nullptr ? &receiver->body : nullptr,
              .type = receiver != nullptr ? &receiver->type : nullptr};
    case JournalKind::gate_opened:
    case JournalKind::gate_closed:
    case JournalKind::group_created:
    case JournalKind::group_modified:
      return {.group = group != nullptr ? &group->body : nullptr,
              .type = group != nullptr ? &group->type : nullptr};
    case JournalKind::receiver_deleted:
    case JournalKind::group_deleted: return {};
  }
  std::unreachable();
}

std::string missing(const JournalEntry& entry, const Parts& parts) {
  const auto& row = entry.row;
  if (message_kind(row.kind).empty()) return "a row of this kind is no message";
  if (parts.type == nullptr) return "the revision of its receiver or group is not stored";
  if (!parts.has_event) return "";
  const std::size_t wanted = 1 + (parts.has_satisfying ? row.satisfying.size() : 0);
  if (entry.events.size() != wanted || entry.events.front().id != row.event_id)
    return "an event that it tells of is not stored";
  for (std::size_t i = 1; i < wanted; ++i) {
    if (entry.events[i].id != row.satisfying[i - 1]) return "an event that it tells of is not stored";
  }
  return "";
}

void add_artifact_attributes(json::ObjectText& object, const Artifact& artifact, MessageProfile profile) {
  const bool is_strict = profile == MessageProfile::strict;
  object.text(is_strict ? "apiversion" : "api_version", message_api_version);
  object.text("name", artifact.name);
  object.text("version", artifact.version);
  object.text("release", artifact.release);
  object.text(is_strict ? "platformid" : "platform_id", artifact.platform_id);
  object.text("package", artifact.package);
}

bool is_success(const JournalEntry& entry) {
  if (entry.row.kind == JournalKind::event_created) return entry.events.front().success;
  return entry.row.kind != JournalKind::gate_closed;
}

void append_events(std::string& out, const JournalEntry& entry, EventDetail detail) {
  out += '[';
  for (std::size_t i = 0; i < entry.events.size(); ++i) {
    if (i > 0) out += ',';
    json::ObjectText object(out);
    add_event(object, entry.events[i], i == 0 ? EventDetail::whole : detail);
    object.close();
  }
  out += ']';
}

void append_only(std::string& out, const std::string* body) {
  out += '[';
  if (body != nullptr) out += *body;
  out += ']';
}

std::string subject_of(const JournalEntry& entry, const Parts& parts) {
  if (parts.has_event) return to_text(entry.events.front().artifact);
  return message_key(entry.row);
}

std::string render_body(const JournalEntry& entry, const Parts& parts, MessageProfile profile,
                        EventDetail detail) {
  const auto& row = entry.row;
  std::string out;
  std::size_t expected = 1'024;
  for (const auto& event : entry.events)
    expected += event_overhead_bytes + event.payload.size() + event.description.size();
  for (const auto* body : {parts.receiver, parts.group}) expected += body != nullptr ? body->size() : 0;
  out.reserve(expected);
  json::ObjectText object(out);
  object.ulid("id", row.id);
  object.text("specversion", "1.0");
  object.text("type", *parts.type);
  object.text("source", message_source);
  object.time("time", row.at);
  object.text("subject", subject_of(entry, parts));
  object.text("datacontenttype", "application/json");
  object.text("sequence", fmt::format(FMT_COMPILE("{:020}"), row.position));
  object.text("kind", message_kind(row.kind));
  object.flag("success", is_success(entry));
  if (parts.has_event) add_artifact_attributes(object, entry.events.front().artifact, profile);
  object.key("data");
  json::ObjectText data(out);
  data.key("events");
  append_events(out, entry, detail);
  data.key("event_receivers");
  append_only(out, parts.receiver);
  data.key("event_receiver_groups");
  append_only(out, parts.group);
  data.close();
  object.close();
  return out;
}

}  // namespace

std::optional<MessageProfile> parse_message_profile(std::string_view text) {
  if (text == "strict") return MessageProfile::strict;
  if (text == "compat") return MessageProfile::compat;
  return std::nullopt;
}

std::string_view message_kind(JournalKind kind) {
  switch (kind) {
    case JournalKind::event_created: return "event.created";
    case JournalKind::group_complete: return "group.complete";
    case JournalKind::receiver_created: return "receiver.created";
    case JournalKind::receiver_modified: return "receiver.modified";
    case JournalKind::group_created: return "group.created";
    case JournalKind::group_modified: return "group.modified";
    case JournalKind::gate_opened: return "gate.opened";
    case JournalKind::gate_closed: return "gate.closed";
    case JournalKind::receiver_deleted:
    case JournalKind::group_deleted: return "";
  }
  std::unreachable();
}

bool is_for_brokers(JournalKind kind) {
  return kind != JournalKind::gate_opened && kind != JournalKind::gate_closed && !message_kind(kind).empty();
}

std::string message_key(const JournalRow& row) {
  if (row.artifact_id) return to_string(*row.artifact_id);
  if (row.group_id) return to_string(*row.group_id);
  return row.receiver_id ? to_string(*row.receiver_id) : to_string(row.id);
}

std::expected<Message, std::string> render_message(const JournalEntry& entry, MessageProfile profile) {
  const auto parts = parts_of(entry);
  if (auto why = missing(entry, parts); !why.empty()) return std::unexpected(std::move(why));
  Message message{.position = entry.row.position,
                  .id = entry.row.id,
                  .key = message_key(entry.row),
                  .body = render_body(entry, parts, profile, EventDetail::whole)};
  if (message.body.size() > limits::message_bytes_max - limits::message_envelope_bytes_max)
    message.body = render_body(entry, parts, profile, EventDetail::names);
  return message;
}

}  // namespace xzepr::domain

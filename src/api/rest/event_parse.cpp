#include "api/rest/event_parse.hpp"

#include "api/request_head.hpp"
#include "api/rest/reply.hpp"
#include "json/object_reader.hpp"

namespace xzepr::api::rest {
namespace {

void read_artifact(json::ObjectReader& reader, service::NewEvent& event) {
  event.name = reader.required_string("name");
  event.version = reader.required_string("version");
  event.release = reader.required_string("release");
  event.platform_id = reader.required_string("platform_id");
  event.package = reader.required_string("package");
}

void read_receiver(json::ObjectReader& reader, service::NewEvent& event) {
  const auto id = reader.optional_string("event_receiver_id");
  if (id) {
    event.receiver_id = parse_id<ReceiverId>(*id);
    if (!event.receiver_id)
      reader.add("event_receiver_id", "format", "must be a ULID or UUID; a name goes into event_receiver");
  }
  event.receiver = to_owned(reader.optional_string("event_receiver"));
  if (id && event.receiver)
    reader.add("event_receiver", "exclusive", "cannot stand beside event_receiver_id");
}

void read_item_key(json::ObjectReader& reader, service::NewEvent& event) {
  event.idempotency_key = to_owned(reader.optional_string("idempotency_key"));
  if (event.idempotency_key && !is_idempotency_key(*event.idempotency_key)) {
    reader.add("idempotency_key", "format", "must be 1 to 255 visible ASCII characters");
  }
}

}  // namespace

Result<service::NewEvent> parse_new_event(json::Value body, ItemKey item_key) {
  service::NewEvent event;
  json::ObjectReader reader(body);
  read_artifact(reader, event);
  event.description = reader.optional_string("description").value_or("");
  event.success = reader.optional_bool("success").value_or(true);
  event.event_start = reader.optional_time("event_start");
  event.event_end = reader.optional_time("event_end");
  read_receiver(reader, event);
  if (item_key == ItemKey::allowed) read_item_key(reader, event);
  const bool has_payload = reader.optional_value("payload") != nullptr;
  if (auto violations = reader.finish(); !violations.empty()) {
    return std::unexpected(json::request_invalid(std::move(violations)));
  }
  if (has_payload) event.payload = *take_member(body, "payload");
  return event;
}

}  // namespace xzepr::api::rest

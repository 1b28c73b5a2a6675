#include "api/rest/catalogue_parse.hpp"

#include "api/rest/reply.hpp"
#include "json/object_reader.hpp"
#include "json/pointer.hpp"

namespace xzepr::api::rest {
namespace {

void add_format_fault(json::ObjectReader& reader, std::string_view field) {
  Violation violation{.pointer = "/field_formats", .keyword = "type", .message = "must be a string"};
  json::append_token(violation.pointer, field);
  reader.add(std::move(violation));
}

std::optional<domain::FieldFormats> read_formats(json::ObjectReader& reader) {
  const auto* value = reader.optional_value("field_formats");
  if (value == nullptr || value->is_null()) return std::nullopt;
  const auto* object = value->if_object();
  domain::FieldFormats formats;
  if (object == nullptr) {
    reader.add("field_formats", "type", "must be an object of field names and formats");
    return formats;
  }
  for (const auto& member : *object) {
    const std::string_view field(member.key().data(), member.key().size());
    if (const auto* format = member.value().if_string()) {
      formats.emplace(field, json::view(*format));
    } else {
      add_format_fault(reader, field);
    }
  }
  return formats;
}

// What PUT repeats or leaves out.
template <class Update>
void read_common(json::ObjectReader& reader, Update& update) {
  update.name = to_owned(reader.optional_string("name"));
  update.type = to_owned(reader.optional_string("type"));
  update.version = to_owned(reader.optional_string("version"));
  update.description = to_owned(reader.optional_string("description"));
  update.enabled = reader.optional_bool("enabled");
}

template <class New>
void read_new(json::ObjectReader& reader, New& made) {
  made.name = reader.required_string("name");
  made.type = reader.required_string("type");
  made.version = reader.required_string("version");
  made.description = reader.optional_string("description").value_or("");
  made.enabled = reader.optional_bool("enabled").value_or(true);
}

Result<void> finish(json::ObjectReader& reader) {
  auto violations = reader.finish();
  if (violations.empty()) return {};
  return std::unexpected(json::request_invalid(std::move(violations)));
}

}  // namespace

Result<service::NewReceiver> parse_new_receiver(json::Value body) {
  service::NewReceiver receiver;
  json::ObjectReader reader(body);
  read_new(reader, receiver);
  receiver.field_formats = read_formats(reader).value_or(domain::FieldFormats{});
  const bool has_schema = reader.optional_value("schema") != nullptr;
  if (auto finished = finish(reader); !finished) return std::unexpected(std::move(finished).error());
  if (has_schema) receiver.schema = *take_member(body, "schema");
  return receiver;
}

Result<service::ReceiverUpdate> parse_receiver_update(json::Value body) {
  service::ReceiverUpdate update;
  json::ObjectReader reader(body);
  read_common(reader, update);
  update.field_formats = read_formats(reader);
  const bool has_schema = reader.optional_value("schema") != nullptr;
  if (auto finished = finish(reader); !finished) return std::unexpected(std::move(finished).error());
  if (has_schema) update.schema = take_member(body, "schema");
  return update;
}

Result<json::Value> parse_payload(json::Value body) {
  json::ObjectReader reader(body);
  if (reader.optional_value("payload") == nullptr) reader.add("payload", "required", "is required");
  if (auto finished = finish(reader); !finished) return std::unexpected(std::move(finished).error());
  return *take_member(body, "payload");
}

Result<service::NewGroup> parse_new_group(json::Value body) {
  service::NewGroup group;
  json::ObjectReader reader(body);
  read_new(reader, group);
  group.receivers = reader.required_strings("event_receiver_ids");
  if (auto finished = finish(reader); !finished) return std::unexpected(std::move(finished).error());
  return group;
}

Result<service::GroupUpdate> parse_group_update(json::Value body) {
  service::GroupUpdate update;
  json::ObjectReader reader(body);
  read_common(reader, update);
  update.receivers = reader.optional_strings("event_receiver_ids");
  if (auto finished = finish(reader); !finished) return std::unexpected(std::move(finished).error());
  return update;
}

Result<std::string> parse_member(const json::Value& body) {
  json::ObjectReader reader(body);
  std::string member(reader.required_string("user_id"));
  if (auto finished = finish(reader); !finished) return std::unexpected(std::move(finished).error());
  return member;
}

}  // namespace xzepr::api::rest

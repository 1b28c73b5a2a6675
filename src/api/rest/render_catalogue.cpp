#include "api/rest/render_catalogue.hpp"

#include "api/rest/object_text.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

void append_formats(std::string& out, const domain::FieldFormats& formats) {
  out += '{';
  bool is_first = true;
  for (const auto& [field, format] : formats) {
    if (!is_first) out += ',';
    is_first = false;
    json::append_string(out, field);
    out += ':';
    json::append_string(out, format);
  }
  out += '}';
}

void append_quoted_id(std::string& out, const ReceiverId& id) {
  out += '"';
  append_ulid(out, id.value);
  out += '"';
}

void append_subject(std::string& out, const domain::Subject& subject) {
  json::append_string(out, subject.text);
}

void append_member(std::string& out, const domain::Subject& member) {
  ObjectText object(out);
  object.text("user_id", member.text);
  object.close();
}

}  // namespace

void append_receiver(std::string& out, const domain::Receiver& receiver) {
  ObjectText object(out);
  object.id("id", receiver.id);
  object.text("name", receiver.name);
  object.text("type", receiver.type);
  object.text("version", receiver.version);
  object.text("description", receiver.description);
  object.json("schema", receiver.schema);
  object.key("field_formats");
  append_formats(out, receiver.field_formats);
  object.text("fingerprint", receiver.fingerprint);
  object.flag("enabled", receiver.enabled);
  object.text("owner_id", receiver.owner.text);
  object.number("resource_version", receiver.resource_version);
  object.time("created_at", receiver.created_at);
  object.time("updated_at", receiver.updated_at);
  object.close();
}

void append_group(std::string& out, const domain::Group& group) {
  ObjectText object(out);
  object.id("id", group.id);
  object.text("name", group.name);
  object.text("type", group.type);
  object.text("version", group.version);
  object.text("description", group.description);
  object.flag("enabled", group.enabled);
  object.key("event_receiver_ids");
  append_array(out, group.receiver_ids, append_quoted_id);
  object.key("members");
  append_array(out, group.members, append_subject);
  object.text("owner_id", group.owner.text);
  object.number("resource_version", group.resource_version);
  object.time("created_at", group.created_at);
  object.time("updated_at", group.updated_at);
  object.close();
}

void append_members(std::string& out, const domain::Group& group) {
  ObjectText object(out);
  object.key("data");
  append_array(out, group.members, append_member);
  object.close();
}

}  // namespace xzepr::api::rest

#include "store/revision_text.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::store {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

template <class Range, class Get>
std::string list(const Range& range, Get get) {
  std::string out = "[";
  for (const auto& one : range) {
    if (out.size() > 1) out += ',';
    json::append_string(out, get(one));
  }
  return out + "]";
}

}  // namespace

std::string names_text(const std::vector<std::string>& names) {
  return list(names, [](const std::string& name) -> std::string_view { return name; });
}

std::vector<std::string> parse_names(std::string_view text) {
  const auto value = json::parse(text);
  if (!value || !value->is_array()) throw Fault(Fault::Kind::corrupt, "a list of names cannot be read");
  std::vector<std::string> names;
  for (const auto& name : value->get_array()) {
    if (!name.is_string()) throw Fault(Fault::Kind::corrupt, "a list of names cannot be read");
    names.emplace_back(json::view(name.get_string()));
  }
  return names;
}

std::string field_formats_text(const domain::FieldFormats& formats) {
  std::string out = "{";
  for (const auto& [field, format] : formats) {
    if (out.size() > 1) out += ',';
    json::append_string(out, field);
    out += ':';
    json::append_string(out, format);
  }
  return out + "}";
}

domain::FieldFormats parse_field_formats(std::string_view text) {
  const auto value = json::parse(text);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr)
    throw Fault(Fault::Kind::corrupt, "the store: a receiver's field_formats is not a JSON object");
  domain::FieldFormats formats;
  for (const auto& [field, format] : *object) {
    const auto* name = format.if_string();
    if (name == nullptr)
      throw Fault(Fault::Kind::corrupt, "the store: a receiver's field format is not a string");
    formats.emplace(std::string(field.data(), field.size()), std::string(json::view(*name)));
  }
  return formats;
}

std::string revision_text(const domain::Receiver& receiver) {
  return fmt::format(
      R"({{"id":"{}","name":{},"type":{},"version":{},"description":{},"schema":{},"field_formats":{},)"
      R"("fingerprint":{},"enabled":{},"owner_id":{},"resource_version":{},"created_at":"{}","updated_at":"{}"}})",
      to_string(receiver.id), quoted(receiver.name), quoted(receiver.type), quoted(receiver.version),
      quoted(receiver.description), receiver.schema, field_formats_text(receiver.field_formats),
      quoted(receiver.fingerprint), receiver.enabled, quoted(receiver.owner.text), receiver.resource_version,
      to_string(receiver.created_at), to_string(receiver.updated_at));
}

std::string revision_text(const domain::Group& group) {
  return fmt::format(
      R"({{"id":"{}","name":{},"type":{},"version":{},"description":{},"enabled":{},"event_receiver_ids":{},)"
      R"("members":{},"owner_id":{},"resource_version":{},"created_at":"{}","updated_at":"{}"}})",
      to_string(group.id), quoted(group.name), quoted(group.type), quoted(group.version),
      quoted(group.description), group.enabled,
      list(group.receiver_ids, [](ReceiverId id) { return to_string(id); }),
      list(group.members, [](const domain::Subject& member) { return member.text; }),
      quoted(group.owner.text), group.resource_version, to_string(group.created_at),
      to_string(group.updated_at));
}

}  // namespace xzepr::store

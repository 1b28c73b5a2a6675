#include "api/rest/apply_parse.hpp"

#include <fmt/format.h>

#include "api/rest/catalogue_parse.hpp"
#include "api/rest/reply.hpp"
#include "json/object_reader.hpp"

namespace xzepr::api::rest {
namespace {

using Content = decltype(service::Document::content);

Content parse_receiver(json::Value value) {
  auto receiver = parse_new_receiver(std::move(value));
  if (!receiver) return std::unexpected(std::move(receiver).error());
  return *std::move(receiver);
}

Content parse_group(const json::Value& value) {
  service::GroupDocument group;
  json::ObjectReader reader(value);
  group.content.name = reader.required_string("name");
  group.content.type = reader.required_string("type");
  group.content.version = reader.required_string("version");
  group.content.description = reader.optional_string("description").value_or("");
  group.content.enabled = reader.optional_bool("enabled").value_or(true);
  group.content.receivers = reader.required_strings("receivers");
  group.members = reader.optional_strings("members").value_or(std::vector<std::string>{});
  auto violations = reader.finish();
  if (!violations.empty()) return std::unexpected(json::request_invalid(std::move(violations)));
  return group;
}

Error fault(std::string_view pointer, std::string_view keyword, std::string message) {
  return json::request_invalid(
      {{.pointer = std::string(pointer), .keyword = std::string(keyword), .message = std::move(message)}});
}

Content parse_content(json::Value value) {
  if (!value.is_object())
    return std::unexpected(fault("", "type", fmt::format("must be object, got {}", json::type_name(value))));
  const auto kind = take_member(value, "kind");
  value.get_object().erase("kind");
  if (!kind) return std::unexpected(fault("/kind", "required", "is required: receiver or group"));
  const auto* text = kind->if_string();
  if (text != nullptr && json::view(*text) == "receiver") return parse_receiver(std::move(value));
  if (text != nullptr && json::view(*text) == "group") return parse_group(value);
  return std::unexpected(fault("/kind", "enum", "must be receiver or group"));
}

std::string name_in(const json::Value& value) {
  const auto* object = value.if_object();
  const auto* name = object == nullptr ? nullptr : object->if_contains("name");
  return name != nullptr && name->is_string() ? std::string(json::view(name->get_string())) : std::string();
}

}  // namespace

service::Document parse_document(json::Value value) {
  std::string name = name_in(value);
  return {.name = std::move(name), .content = parse_content(std::move(value))};
}

Result<service::ApplyRequest> parse_apply(json::Value body) {
  service::ApplyRequest request;
  json::ObjectReader reader(body);
  if (reader.optional_bool("dry_run").value_or(false)) request.mode = service::ApplyMode::dry_run;
  if (reader.optional_bool("prune").value_or(false)) request.prune = service::Prune::yes;
  const auto* documents = reader.optional_value("documents");
  if (documents == nullptr) reader.add("documents", "required", "is required");
  if (documents != nullptr && !documents->is_array())
    reader.add("documents", "type", fmt::format("must be array, got {}", json::type_name(*documents)));
  auto violations = reader.finish();
  if (!violations.empty()) return std::unexpected(json::request_invalid(std::move(violations)));
  auto list = take_member(body, "documents");
  for (auto& document : list->get_array()) request.documents.push_back(parse_document(std::move(document)));
  return request;
}

}  // namespace xzepr::api::rest

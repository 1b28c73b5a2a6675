// documents_of: from what the API lists to what apply reads.
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "client/documents.hpp"

namespace xzepr::client {
namespace {

bool flag_of(const json::Value& item, std::string_view name) {
  const auto* flag = item.is_object() ? item.get_object().if_contains(name) : nullptr;
  return flag != nullptr && flag->is_bool() && flag->get_bool();
}

bool is_empty(const json::Value& value) {
  return (value.is_object() && value.get_object().empty()) || (value.is_array() && value.get_array().empty());
}

void copy_unless_empty(json::Object& to, const json::Value& from, std::string_view name) {
  const auto* value = from.is_object() ? from.get_object().if_contains(name) : nullptr;
  if (value != nullptr && !is_empty(*value)) to[name] = *value;
}

json::Object begin(std::string_view kind, const json::Value& item) {
  json::Object document{{"kind", kind}};
  for (const std::string_view name : {"name", "type", "version"}) document[name] = text_of(item, name);
  const std::string description = text_of(item, "description");
  if (!description.empty()) document["description"] = description;
  if (!flag_of(item, "enabled")) document["enabled"] = false;
  return document;
}

// As the server finds a receiver by name@version: the newest enabled one, else the newest.
class Names {
 public:
  explicit Names(const std::vector<json::Value>& receivers) {
    for (const auto& receiver : receivers) {
      const std::string version = text_of(receiver, "version");
      const std::string id = text_of(receiver, "id");
      const std::string name = fmt::format("{}@{}", text_of(receiver, "name"), version);
      names_[id] = version.contains('@') ? id : name;
      const bool is_enabled = flag_of(receiver, "enabled");
      const auto [found, is_new] = found_.try_emplace(name, id, is_enabled);
      auto& [other, is_other_enabled] = found->second;
      const bool is_newer = is_enabled == is_other_enabled ? id > other : is_enabled;
      if (!is_new && is_newer) found->second = {id, is_enabled};
    }
  }

  [[nodiscard]] std::string of(const std::string& id) const {
    const auto name = names_.find(id);
    if (name == names_.end()) return id;
    const auto found = found_.find(name->second);
    return found != found_.end() && found->second.first == id ? name->second : id;
  }

 private:
  std::map<std::string, std::string> names_;                   // by id
  std::map<std::string, std::pair<std::string, bool>> found_;  // id and enabled, by name@version
};

json::Value receiver_document(const json::Value& receiver) {
  json::Object document = begin("receiver", receiver);
  copy_unless_empty(document, receiver, "field_formats");
  copy_unless_empty(document, receiver, "schema");
  return document;
}

json::Value group_document(const json::Value& group, const Names& names) {
  json::Object document = begin("group", group);
  json::Array receivers;
  const auto* ids = group.is_object() ? group.get_object().if_contains("event_receiver_ids") : nullptr;
  if (ids != nullptr && ids->is_array()) {
    for (const auto& id : ids->get_array()) {
      if (id.is_string())
        receivers.push_back(json::Value(names.of(std::string(json::view(id.get_string())))));
    }
  }
  document["receivers"] = std::move(receivers);
  copy_unless_empty(document, group, "members");
  return document;
}

bool is_wanted(const ExportFilter& filter, const json::Value& document) {
  const auto fits = [&](const std::string& wanted, std::string_view field) {
    return wanted.empty() || text_of(document, field) == wanted;
  };
  return fits(filter.kind, "kind") && fits(filter.name, "name") && fits(filter.type, "type");
}

auto order_of(const json::Value& document) {
  // Receivers first: "receiver" sorts behind "group".
  return std::tuple(text_of(document, "kind") != "receiver", text_of(document, "name"),
                    text_of(document, "type"), text_of(document, "version"));
}

}  // namespace

std::vector<json::Value> documents_of(const std::vector<json::Value>& receivers,
                                      const std::vector<json::Value>& groups, const ExportFilter& filter) {
  const Names names(receivers);
  std::vector<json::Value> documents;
  for (const auto& receiver : receivers) documents.push_back(receiver_document(receiver));
  for (const auto& group : groups) documents.push_back(group_document(group, names));
  std::erase_if(documents, [&](const json::Value& document) { return !is_wanted(filter, document); });
  std::ranges::sort(documents, {}, order_of);
  return documents;
}

}  // namespace xzepr::client

#include "domain/catalogue.hpp"

#include <algorithm>

namespace xzepr::domain {
namespace {

// The newest enabled one of that name (and version, when the reference has one), else the newest.
template <class Item>
const Item* find_by_reference(const std::unordered_map<std::string_view, std::vector<const Item*>>& by_name,
                              std::string_view reference) {
  std::string_view name = reference;
  std::optional<std::string_view> version;
  if (const auto at = reference.rfind('@'); at != std::string_view::npos) {
    name = reference.substr(0, at);
    version = reference.substr(at + 1);
  }
  const auto found = by_name.find(name);
  if (found == by_name.end()) return nullptr;
  const Item* newest = nullptr;
  for (const Item* item : found->second) {
    if (version && item->version != *version) continue;
    if (newest == nullptr || item->enabled || !newest->enabled) newest = item;
  }
  return newest;
}

template <class Item>
const Item* find_by_triple(const std::unordered_map<std::string_view, std::vector<const Item*>>& by_name,
                           std::string_view name, std::string_view type, std::string_view version) {
  const auto found = by_name.find(name);
  if (found == by_name.end()) return nullptr;
  const auto at = std::ranges::find_if(
      found->second, [&](const Item* item) { return item->type == type && item->version == version; });
  return at == found->second.end() ? nullptr : *at;
}

template <class Key, class Item>
const Item* find_in(const std::unordered_map<Key, const Item*>& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

Catalogue::Catalogue(std::int64_t revision, std::vector<Receiver> receivers, std::vector<Group> groups)
    : revision_(revision), receivers_(std::move(receivers)), groups_(std::move(groups)) {
  std::ranges::sort(receivers_, {}, &Receiver::id);
  std::ranges::sort(groups_, {}, &Group::id);
  for (const auto& receiver : receivers_) {
    receiver_by_id_[receiver.id] = &receiver;
    receivers_by_name_[receiver.name].push_back(&receiver);
  }
  for (const auto& group : groups_) {
    group_by_id_[group.id] = &group;
    groups_by_name_[group.name].push_back(&group);
    for (const auto receiver : group.receiver_ids) {
      groups_of_[receiver].push_back(&group);
      if (group.enabled) enabled_groups_of_[receiver].push_back(&group);
    }
  }
}

const Receiver* Catalogue::find_receiver(ReceiverId id) const { return find_in(receiver_by_id_, id); }
const Group* Catalogue::find_group(GroupId id) const { return find_in(group_by_id_, id); }
const Receiver* Catalogue::find_receiver(std::string_view reference) const {
  return find_by_reference(receivers_by_name_, reference);
}
const Group* Catalogue::find_group(std::string_view reference) const {
  return find_by_reference(groups_by_name_, reference);
}

const Receiver* Catalogue::find_receiver(std::string_view name, std::string_view type,
                                         std::string_view version) const {
  return find_by_triple(receivers_by_name_, name, type, version);
}
const Group* Catalogue::find_group(std::string_view name, std::string_view type,
                                   std::string_view version) const {
  return find_by_triple(groups_by_name_, name, type, version);
}

std::span<const Group* const> Catalogue::enabled_groups_of(ReceiverId id) const {
  const auto found = enabled_groups_of_.find(id);
  return found == enabled_groups_of_.end() ? std::span<const Group* const>{}
                                           : std::span<const Group* const>{found->second};
}

std::span<const Group* const> Catalogue::groups_of(ReceiverId id) const {
  const auto found = groups_of_.find(id);
  return found == groups_of_.end() ? std::span<const Group* const>{}
                                   : std::span<const Group* const>{found->second};
}

}  // namespace xzepr::domain

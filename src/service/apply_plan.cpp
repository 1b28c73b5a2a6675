#include "service/apply_plan.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "service/catalogue_writes.hpp"
#include "service/group_check.hpp"
#include "service/owner_quota.hpp"
#include "service/receiver_check.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

using domain::Group;
using domain::Receiver;
using identity::Permission;

constexpr std::array<std::string_view, 6> change_names = {"created", "changed",  "unchanged",
                                                          "deleted", "disabled", "kept"};

const domain::Receiver* find_present(const domain::Catalogue& catalogue, const Receiver& receiver) {
  return catalogue.find_receiver(receiver.name, receiver.type, receiver.version);
}
const domain::Group* find_present(const domain::Catalogue& catalogue, const Group& group) {
  return catalogue.find_group(group.name, group.type, group.version);
}

template <class Item>
AppliedObject object_of(const Item& item, ObjectChange change, std::optional<std::size_t> document) {
  return {.document = document,
          .kind = std::is_same_v<Item, Receiver> ? ObjectKind::receiver : ObjectKind::group,
          .change = change,
          .id = item.id.value,
          .name = item.name,
          .type = item.type,
          .version = item.version};
}

template <class Item>
bool holds(const std::vector<Item>& items, const Item& item) {
  return std::ranges::find(items, item) != items.end();
}

bool is_same_set(std::vector<domain::Subject> a, std::vector<domain::Subject> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

// A group's faults as its document spells them.
Error in_document(Error error) {
  constexpr std::string_view field = "/event_receiver_ids";
  for (auto& violation : error.violations) {
    if (violation.pointer.starts_with(field)) violation.pointer.replace(0, field.size(), "/receivers");
  }
  return error;
}

Error member_fault(const Error& error, std::size_t index) {
  Error fault = error;
  fault.violations = {
      {.pointer = fmt::format("/members/{}", index), .keyword = "exists", .message = error.detail}};
  return fault;
}

template <class Item>
void put(std::vector<Item>& items, const Item& item) {
  const auto at = std::ranges::lower_bound(items, item.id, {}, &Item::id);
  if (at != items.end() && at->id == item.id) {
    *at = item;
  } else {
    items.insert(at, item);
  }
}

template <class Item>
void erase(std::vector<Item>& items, const Item& item) {
  std::erase_if(items, [&](const Item& other) { return other.id == item.id; });
}

class Planner {
 public:
  Planner(const PlanInput& input, IdSource& ids)
      : in_(input),
        ids_(ids),
        faults_(input.documents.size()),
        objects_(input.documents.size()),
        receivers_(input.catalogue.receivers()),
        groups_(input.catalogue.groups()) {}

  Result<Plan> plan() {
    plan_receivers();
    // What the groups' names are looked up in: the receivers as they will be.
    look_up_in_ = std::make_unique<const domain::Catalogue>(in_.catalogue.revision(), receivers_, groups_);
    plan_groups();
    if (in_.prune != nullptr) prune();
    check_limits();
    if (!faults_.is_empty()) return std::unexpected(faults_.take());
    return Plan{.decision = std::move(decision_), .objects = std::move(objects_)};
  }

 private:
  template <class Item>
  void plan_one(std::size_t index, Item wanted) {
    const Item* present = find_present(in_.catalogue, wanted);
    if (present == nullptr) return create(index, std::move(wanted));
    named_.insert(present->id.value);
    Item updated = update_of(*present, wanted);
    if (updated == *present) return keep(index, *present);
    change(index, *present, std::move(updated));
  }

  template <class Item>
  void create(std::size_t index, Item wanted) {
    if (!allow(index, permission(wanted, Permission::receiver_create, Permission::group_create))) return;
    add_created(decision_, wanted, ids_);
    objects_[index] = object_of(wanted, ObjectChange::created, index);
    after(objects_[index], wanted);
    settle(wanted);
    changed_[wanted.id.value] = index;
  }

  template <class Item>
  void keep(std::size_t index, const Item& present) {
    if (!allow(index, permission(present, Permission::receiver_read, Permission::group_read))) return;
    objects_[index] = object_of(present, ObjectChange::unchanged, index);
  }

  template <class Item>
  void change(std::size_t index, const Item& present, Item updated) {
    if (!allow(index, permission(present, Permission::receiver_update, Permission::group_update))) return;
    if (!identity::may_change(in_.caller, present.owner))
      return faults_.add(index, not_owner(to_string(kind_of(present)), present.name));
    updated = add_updated(decision_, present, std::move(updated), in_.now, ids_);
    objects_[index] = object_of(updated, ObjectChange::changed, index);
    objects_[index].fields = different_fields(document(present), document(updated));
    before(objects_[index], present);
    after(objects_[index], updated);
    settle(updated);
    changed_[updated.id.value] = index;
  }

  void plan_receivers() {
    for (std::size_t i = 0; i < in_.documents.size(); ++i) {
      const auto& [name, content] = in_.documents[i];
      if (!content) {
        faults_.add(i, content.error());
        broken_.insert(name);
      } else if (const auto* receiver = std::get_if<Receiver>(&*content)) {
        plan_one(i, *receiver);
      }
    }
  }

  void plan_groups() {
    for (std::size_t i = 0; i < in_.documents.size(); ++i) {
      const auto& content = in_.documents[i].content;
      if (!content) continue;
      if (const auto* checked = std::get_if<CheckedGroup>(&*content)) plan_group(i, *checked);
    }
  }

  void plan_group(std::size_t index, const CheckedGroup& checked) {
    Group wanted = checked.group;
    const Group* present = find_present(in_.catalogue, wanted);
    auto receiver_ids = resolve_receivers(in_.caller, *look_up_in_, checked.receivers);
    if (!receiver_ids) add_unknown(index, receiver_ids.error(), checked);
    const bool has_members = add_members(index, checked, present, wanted);
    if (!receiver_ids || !has_members) return;
    wanted.receiver_ids = *std::move(receiver_ids);
    plan_one(index, std::move(wanted));
  }

  // A receiver whose own document is broken is not called unknown as well.
  void add_unknown(std::size_t index, Error error, const CheckedGroup& checked) {
    std::erase_if(error.violations, [&](const Violation& violation) {
      if (violation.keyword != "exists") return false;
      return std::ranges::any_of(checked.receivers, [&](const std::string& reference) {
        return violation.pointer.ends_with("/" + std::to_string(&reference - checked.receivers.data())) &&
               (broken_.contains(reference) || broken_.contains(reference.substr(0, reference.rfind('@'))));
      });
    });
    if (!error.violations.empty()) faults_.add(index, in_document(std::move(error)));
  }

  bool add_members(std::size_t index, const CheckedGroup& checked, const Group* present, Group& wanted) {
    bool is_fine = true;
    for (std::size_t i = 0; i < checked.members.size(); ++i) {
      const auto& found = in_.members.at(checked.members[i]);
      auto member = found ? *found : domain::Subject{};
      // A member may have outlived its user.
      const auto as_written = domain::parse_subject(checked.members[i]);
      if (!found && present != nullptr && as_written && holds(present->members, *as_written)) {
        member = *as_written;
      } else if (!found) {
        faults_.add(index, member_fault(found.error(), i));
        is_fine = false;
        continue;
      }
      if (!holds(wanted.members, member)) wanted.members.push_back(std::move(member));
    }
    if (wanted.members.size() <= members_per_group_max) return is_fine;
    faults_.add(index,
                conflict("group_limit", fmt::format("a group has at most {} members", members_per_group_max),
                         "make a role a member instead"));
    return false;
  }

  Receiver update_of(const Receiver& present, const Receiver& wanted) const {
    if (present.fingerprint == wanted.fingerprint && present.enabled == wanted.enabled) return present;
    const CheckedReceiverUpdate update{.description = wanted.description,
                                       .schema = wanted.schema,
                                       .field_formats = wanted.field_formats,
                                       .enabled = wanted.enabled};
    return apply_update(present, update).value_or(present);
  }

  Group update_of(const Group& present, const Group& wanted) const {
    Group updated = with_content(
        present,
        {.description = wanted.description, .enabled = wanted.enabled, .receiver_ids = wanted.receiver_ids});
    if (!is_same_set(present.members, wanted.members)) updated.members = wanted.members;
    return updated;
  }

  void prune() {
    for (const Group& group : in_.catalogue.groups()) {
      if (is_pruned(group)) prune_group(group);
    }
    for (const Receiver& receiver : in_.catalogue.receivers()) {
      if (is_pruned(receiver)) prune_receiver(receiver);
    }
  }

  template <class Item>
  bool is_pruned(const Item& item) const {
    return !named_.contains(item.id.value) && identity::is_subject(in_.caller, item.owner);
  }

  void prune_group(const Group& group) {
    const bool has_events =
        std::ranges::any_of(group.receiver_ids, [&](ReceiverId id) { return may_have_events(id); });
    if (!has_events) return remove(group);
    if (group.enabled) disable(group);
  }

  void prune_receiver(const Receiver& receiver) {
    bool is_held = false;
    for (const Group& group : groups_) {
      if (!holds(group.receiver_ids, receiver.id)) continue;
      if (group.enabled) {
        objects_.push_back(object_of(receiver, ObjectChange::kept, std::nullopt));
        return;
      }
      is_held = true;
    }
    if (!is_held && !may_have_events(receiver.id)) return remove(receiver);
    if (receiver.enabled) disable(receiver);
  }

  bool may_have_events(ReceiverId id) const { return !in_.prune->without_events.contains(id); }

  template <class Item>
  void remove(const Item& item) {
    if (!allow_pruned(permission(item, Permission::receiver_delete, Permission::group_delete))) return;
    add_removed(decision_, item, in_.now, ids_);
    removed_.insert(item.id.value);
    objects_.push_back(object_of(item, ObjectChange::deleted, std::nullopt));
    before(objects_.back(), item);
    if constexpr (std::is_same_v<Item, Group>) erase(groups_, item);
  }

  template <class Item>
  void disable(const Item& item) {
    if (!allow_pruned(permission(item, Permission::receiver_update, Permission::group_update))) return;
    Item updated = item;
    updated.enabled = false;
    if constexpr (std::is_same_v<Item, Group>) updated.gate_revision = -1;
    updated = add_updated(decision_, item, std::move(updated), in_.now, ids_);
    objects_.push_back(object_of(updated, ObjectChange::disabled, std::nullopt));
    before(objects_.back(), item);
    after(objects_.back(), updated);
    settle(updated);
  }

  // By the groups as they will be, so that one set may take a receiver out of one gate and put it into
  // another.
  void check_limits() {
    const domain::Catalogue final(in_.catalogue.revision(), receivers_, groups_);
    for (const Group& group : final.groups()) {
      const auto document = changed_.find(group.id.value);
      if (document == changed_.end()) continue;
      auto within_limit = check_group_limit(final, group);
      if (!within_limit) faults_.add(document->second, std::move(within_limit).error());
    }
    check_quota(receivers_, ObjectKind::receiver, check_receiver_quota);
    check_quota(groups_, ObjectKind::group, check_group_quota);
  }

  // Those over the quota are the last of the set.
  template <class Item>
  void check_quota(const std::vector<Item>& items, ObjectKind kind, Result<void> (*check)(std::size_t)) {
    const auto owner = domain::subject_of(in_.caller.user_id);
    const auto is_new = [kind](const AppliedObject& object) {
      return object.kind == kind && object.change == ObjectChange::created;
    };
    auto owned = std::ranges::count_if(
        items, [&](const Item& item) { return item.owner == owner && !removed_.contains(item.id.value); });
    owned -= std::ranges::count_if(objects_, is_new);
    for (const auto& object : objects_) {
      if (!is_new(object)) continue;
      auto within_quota = check(static_cast<std::size_t>(++owned));
      if (!within_quota) faults_.add(*object.document, std::move(within_quota).error());
    }
  }

  bool allow(std::size_t index, Permission needed) {
    auto allowed = identity::require(in_.caller, needed);
    if (!allowed) faults_.add(index, std::move(allowed).error());
    return allowed.has_value();
  }
  bool allow_pruned(Permission needed) {
    auto allowed = identity::require(in_.caller, needed);
    if (!allowed) faults_.add_pruned(std::move(allowed).error());
    return allowed.has_value();
  }

  static Permission permission(const Receiver&, Permission of_receiver, Permission) { return of_receiver; }
  static Permission permission(const Group&, Permission, Permission of_group) { return of_group; }
  static ObjectKind kind_of(const Receiver&) { return ObjectKind::receiver; }
  static ObjectKind kind_of(const Group&) { return ObjectKind::group; }

  json::Value document(const Receiver& receiver) const { return document_of(receiver); }
  json::Value document(const Group& group) const { return document_of(group, *look_up_in_); }

  template <class Item>
  void before(AppliedObject& object, const Item& item) const {
    if (in_.show == ShowDocuments::yes) object.before = document(item);
  }
  template <class Item>
  void after(AppliedObject& object, const Item& item) const {
    if (in_.show == ShowDocuments::yes) object.after = document(item);
  }

  void settle(const Receiver& receiver) { put(receivers_, receiver); }
  void settle(const Group& group) { put(groups_, group); }

  const PlanInput& in_;
  IdSource& ids_;
  DocumentFaults faults_;
  Decision decision_;
  std::vector<AppliedObject> objects_;
  std::vector<Receiver> receivers_;  // as they will be
  std::vector<Group> groups_;
  std::unique_ptr<const domain::Catalogue> look_up_in_;
  std::unordered_set<std::string> broken_;  // names of documents that say nothing yet
  std::unordered_set<Ulid> named_;          // what the documents name
  std::unordered_set<Ulid> removed_;
  std::unordered_map<Ulid, std::size_t> changed_;  // what they change, by document
};

template <class Item>
bool is_named(const std::vector<CheckedDocument>& documents, const Item& item) {
  return std::ranges::any_of(documents, [&](const CheckedDocument& document) {
    if (!document.content) return false;
    const auto is_it = [&](const auto& other) {
      return other.name == item.name && other.type == item.type && other.version == item.version;
    };
    if constexpr (std::is_same_v<Item, Receiver>) {
      const auto* receiver = std::get_if<Receiver>(&*document.content);
      return receiver != nullptr && is_it(*receiver);
    } else {
      const auto* group = std::get_if<CheckedGroup>(&*document.content);
      return group != nullptr && is_it(group->group);
    }
  });
}

}  // namespace

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::receiver: return "receiver";
    case ObjectKind::group: return "group";
  }
  std::unreachable();
}

std::string_view to_string(ObjectChange change) { return change_names[static_cast<std::size_t>(change)]; }

std::optional<ObjectChange> parse_object_change(std::string_view text) {
  const auto* found = std::ranges::find(change_names, text);
  if (found == change_names.end()) return std::nullopt;
  return static_cast<ObjectChange>(found - change_names.begin());
}

Result<Plan> plan_documents(const PlanInput& input, IdSource& ids) { return Planner(input, ids).plan(); }

std::vector<ReceiverId> receivers_to_look_at(const domain::Catalogue& catalogue,
                                             const identity::Principal& caller,
                                             const std::vector<CheckedDocument>& documents) {
  std::vector<ReceiverId> found;
  for (const Receiver& receiver : catalogue.receivers()) {
    if (identity::is_subject(caller, receiver.owner) && !is_named(documents, receiver))
      found.push_back(receiver.id);
  }
  for (const Group& group : catalogue.groups()) {
    if (!identity::is_subject(caller, group.owner) || is_named(documents, group)) continue;
    found.insert(found.end(), group.receiver_ids.begin(), group.receiver_ids.end());
  }
  std::ranges::sort(found);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

}  // namespace xzepr::service

#include "service/group_service.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "domain/word_search.hpp"
#include "json/object_reader.hpp"
#include "service/catalogue_change.hpp"
#include "service/catalogue_list.hpp"
#include "service/catalogue_writes.hpp"
#include "service/filter.hpp"
#include "service/group_check.hpp"
#include "service/idempotency.hpp"
#include "service/lookup.hpp"
#include "service/member_lookup.hpp"
#include "service/owner_quota.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

QueryText query_text(const identity::Principal& principal, const GroupFilter& filter) {
  QueryText out("groups", principal.user_id);
  out.add("name", filter.name).add("type", filter.type).add("version", filter.version);
  out.add("owner", filter.owner).add("q", filter.q).add("enabled", filter.enabled);
  return out;
}

/// The group that the caller may change, as it is in this snapshot.
Result<domain::Group> changeable_group(const domain::Catalogue& catalogue, const identity::Principal& caller,
                                       std::string_view reference, const IfMatch& if_match) {
  auto found = visible_group(caller, catalogue, reference);
  if (!found) return std::unexpected(std::move(found).error());
  const domain::Group& group = **found;
  if (!identity::may_change(caller, group.owner)) return std::unexpected(not_owner("group", group.name));
  if (!admits(if_match, group.resource_version)) {
    return std::unexpected(precondition_failed("group", group.resource_version));
  }
  return group;
}

Result<Decision> decide_create(const domain::Catalogue& catalogue, const identity::Principal& caller,
                               domain::Group group, const std::vector<std::string>& receivers, IdSource& ids,
                               GroupCreated& out) {
  Decision decision;
  auto receiver_ids = resolve_receivers(caller, catalogue, receivers);
  if (!receiver_ids) return std::unexpected(std::move(receiver_ids).error());
  group.receiver_ids = *std::move(receiver_ids);
  const auto* present = catalogue.find_group(group.name, group.type, group.version);
  if (present != nullptr && !(is_same_content(*present, group) && identity::may_see(caller, *present))) {
    return std::unexpected(conflict(
        "group_exists", fmt::format("there is a group {} {} with other content", group.name, group.version),
        "give it another version, or change the group that there is"));
  }
  if (present != nullptr) {
    out = {.group = *present, .change = Change::unchanged, .first = Change::unchanged};
    decision.answer = encode_change({.id = present->id.value, .change = Change::unchanged});
    return decision;
  }
  auto within_limit = check_group_limit(catalogue, group);
  if (!within_limit) return std::unexpected(std::move(within_limit).error());
  auto within_quota = check_group_quota(count_owned(catalogue.groups(), group.owner) + 1);
  if (!within_quota) return std::unexpected(std::move(within_quota).error());
  add_created(decision, group, ids);
  decision.answer = encode_change({.id = group.id.value, .change = Change::created});
  out = {.group = std::move(group), .change = Change::created, .first = Change::created};
  return decision;
}

/// Writes `updated` as the next version of `present`, unless they are the same.
Decision decide_put(const domain::Group& present, domain::Group updated, TimePoint now, IdSource& ids) {
  Decision decision;
  if (updated == present) return decision;
  add_updated(decision, present, std::move(updated), now, ids);
  return decision;
}

GroupCreated replayed_group(std::string_view answer, const domain::Catalogue& catalogue) {
  const auto stored = decode_change(answer);
  if (!stored) throw Fault(Fault::Kind::corrupt, "a stored answer cannot be read");
  GroupCreated out{.group = {}, .change = Change::replayed, .first = stored->change};
  const auto* group = catalogue.find_group(GroupId{stored->id});
  if (group != nullptr) out.group = *group;
  out.group.id = GroupId{stored->id};  // also when it was deleted since: the answer names what was made
  return out;
}

}  // namespace

GroupService::GroupService(store::CatalogueStore& store, store::IdentityStore& identities,
                           store::EventStore& events, Catalogue& catalogue, const CursorCodec& cursors,
                           IdSource& ids)
    : store_(store),
      identities_(identities),
      events_(events),
      catalogue_(catalogue),
      cursors_(cursors),
      ids_(ids) {}

Task<Snapshot> GroupService::present(const Context& context) {
  co_await catalogue_.refresh(store_, context.deadline);
  co_return catalogue_.snapshot();
}

Task<Result<GroupCreated>> GroupService::create(const Context& context, NewGroup group,
                                                std::optional<Idempotency> idempotency) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_create);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto checked = check_group(group);
  if (!checked) co_return std::unexpected(std::move(checked).error());
  checked->id = GroupId{ids_.next(context.now)};
  checked->owner = domain::subject_of(context.principal->user_id);
  checked->created_at = checked->updated_at = context.now;

  GroupCreated out;
  const ChangePorts ports{store_, events_, &identities_, catalogue_};
  const ChangeRequest request{identity::Permission::group_create, claim_of(context, idempotency)};
  const Decide decide = [&](const domain::Catalogue& catalogue, const identity::Principal& caller) {
    return decide_create(catalogue, caller, *checked, group.receivers, ids_, out);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  const Snapshot snapshot = catalogue_.snapshot();
  if (*changed) co_return replayed_group(**changed, *snapshot->catalogue);
  // As stored, with the gate_revision that the store gave.
  const auto* stored = snapshot->catalogue->find_group(out.group.id);
  if (stored != nullptr) out.group = *stored;
  co_return out;
}

Task<Result<domain::Group>> GroupService::get(const Context& context, std::string reference) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const Snapshot snapshot = co_await present(context);
  auto found = visible_group(*context.principal, *snapshot->catalogue, reference);
  if (!found) co_return std::unexpected(std::move(found).error());
  co_return **found;
}

Task<Result<Page<domain::Group>>> GroupService::list(const Context& context, GroupFilter filter,
                                                     PageRequest page) {
  const auto& principal = *context.principal;
  auto allowed = identity::require(principal, identity::Permission::group_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const QueryText text = query_text(principal, filter);
  auto after = id_position_of<GroupId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  std::vector<Violation> faults;
  clean_search(filter.q, faults);
  if (!faults.empty()) co_return std::unexpected(json::request_invalid(std::move(faults)));
  const Snapshot snapshot = co_await present(context);
  const domain::WordSearch search(filter.q.value_or(""));
  co_return page_of(snapshot->catalogue->groups(), *after, page, cursors_, text,
                    [&](const domain::Group& group) {
                      return passes(filter, search, group) && identity::may_see(principal, group);
                    });
}

Task<Result<domain::Group>> GroupService::update(const Context& context, std::string reference,
                                                 GroupUpdate update, IfMatch if_match) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_update);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  domain::Group out;
  const ChangePorts ports{store_, events_, &identities_, catalogue_};
  const ChangeRequest request{identity::Permission::group_update};
  const Decide decide = [&](const domain::Catalogue& catalogue,
                            const identity::Principal& caller) -> Result<Decision> {
    auto present = changeable_group(catalogue, caller, reference, if_match);
    if (!present) return std::unexpected(std::move(present).error());
    auto updated = apply_update(caller, catalogue, *present, update);
    if (!updated) return std::unexpected(std::move(updated).error());
    out = *present;
    return decide_put(*present, *std::move(updated), context.now, ids_);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  const Snapshot snapshot = catalogue_.snapshot();
  const auto* stored = snapshot->catalogue->find_group(out.id);
  if (stored == nullptr) co_return std::unexpected(group_unknown(reference));
  co_return *stored;
}

Task<Result<std::int64_t>> GroupService::remove(const Context& context, std::string reference,
                                                IfMatch if_match) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_delete);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  std::int64_t version = 0;
  const ChangePorts ports{store_, events_, &identities_, catalogue_};
  const ChangeRequest request{identity::Permission::group_delete};
  const Decide decide = [&](const domain::Catalogue& catalogue,
                            const identity::Principal& caller) -> Result<Decision> {
    auto present = changeable_group(catalogue, caller, reference, if_match);
    if (!present) return std::unexpected(std::move(present).error());
    version = present->resource_version + 1;
    Decision decision;
    add_removed(decision, *std::move(present), context.now, ids_);
    return decision;
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  co_return version;
}

Task<Result<std::int64_t>> GroupService::change_members(
    const Context& context, const std::string& reference, const IfMatch& if_match,
    const std::function<Result<bool>(std::vector<domain::Subject>&)>& edit) {
  std::int64_t version = 0;
  const ChangePorts ports{store_, events_, &identities_, catalogue_};
  const ChangeRequest request{identity::Permission::group_update};
  const Decide decide = [&](const domain::Catalogue& catalogue,
                            const identity::Principal& caller) -> Result<Decision> {
    auto present = changeable_group(catalogue, caller, reference, if_match);
    if (!present) return std::unexpected(std::move(present).error());
    domain::Group updated = *present;
    auto edited = edit(updated.members);
    if (!edited) return std::unexpected(std::move(edited).error());
    version = present->resource_version + (*edited ? 1 : 0);
    return decide_put(*present, std::move(updated), context.now, ids_);
  };
  auto changed = co_await change_catalogue(context, ports, request, decide);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  co_return version;
}

Task<Result<MembersChanged>> GroupService::add_member(const Context& context, std::string reference,
                                                      std::string member, IfMatch if_match) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_update);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto subject = co_await find_member(identities_, std::move(member), context.deadline);
  if (!subject) co_return std::unexpected(std::move(subject).error());
  Change change = Change::unchanged;
  const std::function<Result<bool>(std::vector<domain::Subject>&)> edit =
      [&](std::vector<domain::Subject>& members) -> Result<bool> {
    const bool is_member = std::ranges::find(members, *subject) != members.end();
    change = is_member ? Change::unchanged : Change::created;
    if (is_member) return false;
    if (members.size() >= members_per_group_max) {
      return std::unexpected(conflict("group_limit",
                                      fmt::format("a group has at most {} members", members_per_group_max),
                                      "make a role a member instead"));
    }
    members.push_back(*subject);
    return true;
  };
  const auto version = co_await change_members(context, reference, if_match, edit);
  if (!version) co_return std::unexpected(version.error());
  co_return MembersChanged{.change = change, .resource_version = *version};
}

Task<Result<MembersChanged>> GroupService::remove_member(const Context& context, std::string reference,
                                                         std::string member, IfMatch if_match) {
  auto allowed = identity::require(*context.principal, identity::Permission::group_update);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const std::string shown_member = shown(member);
  // A member may have outlived its user.
  std::optional<domain::Subject> subject = domain::parse_subject(member);
  if (subject && !member.starts_with("role:")) subject = domain::subject_of(*parse_id<UserId>(member));
  if (!subject) {
    auto resolved = co_await find_member(identities_, std::move(member), context.deadline);
    if (!resolved) co_return not_found("member_unknown", fmt::format("{} is no member", shown_member));
    subject = *std::move(resolved);
  }
  const std::function<Result<bool>(std::vector<domain::Subject>&)> edit =
      [&](std::vector<domain::Subject>& members) -> Result<bool> {
    if (std::erase(members, *subject) > 0) return true;
    return not_found("member_unknown", fmt::format("{} is no member", shown_member));
  };
  const auto version = co_await change_members(context, reference, if_match, edit);
  if (!version) co_return std::unexpected(version.error());
  co_return MembersChanged{.change = Change::created, .resource_version = *version};
}

}  // namespace xzepr::service

#include "service/group_check.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/object_reader.hpp"
#include "service/lookup.hpp"
#include "service/receiver_check.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

constexpr std::string_view receivers_field = "event_receiver_ids";

Error too_large(std::size_t count) {
  Error error{.kind = Errc::invalid,
              .code = "group_too_large",
              .detail = fmt::format("a group has at most {} receivers, not {}",
                                    limits::receivers_per_group_max, count)};
  error.violations.push_back(
      {.pointer = fmt::format("/{}", receivers_field),
       .keyword = "maxItems",
       .message = fmt::format("must have at most {} items", limits::receivers_per_group_max)});
  error.field = std::string(receivers_field);
  return error;
}

Error unknown_receivers(std::vector<Violation> unknown, std::vector<Violation> others) {
  Error error = receiver_unknown("");
  error.kind = Errc::invalid;
  error.detail =
      fmt::format("{} of the receivers {} not exist", unknown.size(), unknown.size() == 1 ? "does" : "do");
  error.violations = std::move(unknown);
  std::ranges::move(others, std::back_inserter(error.violations));
  error.field = std::string(receivers_field);
  return error;
}

std::vector<ReceiverId> sorted(std::vector<ReceiverId> ids) {
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

Result<std::vector<ReceiverId>> resolve_receivers(const identity::Principal& caller,
                                                  const domain::Catalogue& catalogue,
                                                  const std::vector<std::string>& references) {
  if (references.size() > limits::receivers_per_group_max)
    return std::unexpected(too_large(references.size()));
  std::vector<Violation> unknown;
  std::vector<Violation> faults;
  if (references.empty()) {
    faults.push_back({.pointer = fmt::format("/{}", receivers_field),
                      .keyword = "minItems",
                      .message = "must have at least one receiver"});
  }
  std::vector<ReceiverId> ids;
  std::unordered_set<ReceiverId> seen;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const std::string pointer = fmt::format("/{}/{}", receivers_field, i);
    auto found = visible_receiver(caller, catalogue, references[i]);
    if (!found) {
      unknown.push_back({.pointer = pointer, .keyword = "exists", .message = found.error().detail});
    } else if (!seen.insert((*found)->id).second) {
      faults.push_back({.pointer = pointer,
                        .keyword = "uniqueItems",
                        .message = "names a receiver that is in the list already"});
    } else {
      ids.push_back((*found)->id);
    }
  }
  if (!unknown.empty()) return std::unexpected(unknown_receivers(std::move(unknown), std::move(faults)));
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  return ids;
}

Result<void> check_group_limit(const domain::Catalogue& catalogue, const domain::Group& group) {
  if (!group.enabled) return {};
  for (const ReceiverId id : group.receiver_ids) {
    const auto groups = catalogue.enabled_groups_of(id);
    const auto others = static_cast<std::size_t>(
        std::ranges::count_if(groups, [&](const auto* other) { return other->id != group.id; }));
    if (others < limits::enabled_groups_per_receiver_max) continue;
    return std::unexpected(
        conflict("group_limit",
                 fmt::format("the receiver {} stands in {} enabled groups, the most there may be",
                             to_string(id), others),
                 "disable a group that is no longer needed"));
  }
  return {};
}

bool is_same_content(const domain::Group& a, const domain::Group& b) {
  return a.description == b.description && sorted(a.receiver_ids) == sorted(b.receiver_ids);
}

Result<domain::Group> check_group(const NewGroup& asked) {
  std::vector<Violation> faults;
  const Triple triple =
      clean_triple({.name = asked.name, .type = asked.type, .version = asked.version}, faults);
  domain::Group out;
  out.name = triple.name;
  out.type = triple.type;
  out.version = triple.version;
  out.description = clean_description(asked.description, faults);
  out.enabled = asked.enabled;
  out.gate_revision = -1;
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  return out;
}

domain::Group with_content(domain::Group group, GroupContent content) {
  const bool is_gate_changed =
      content.enabled != group.enabled || sorted(content.receiver_ids) != sorted(group.receiver_ids);
  if (is_gate_changed) group.gate_revision = -1;
  group.description = std::move(content.description);
  group.enabled = content.enabled;
  group.receiver_ids = std::move(content.receiver_ids);
  return group;
}

Result<domain::Group> apply_update(const identity::Principal& caller, const domain::Catalogue& catalogue,
                                   const domain::Group& group, const GroupUpdate& update) {
  const auto fixed = changed_fixed_fields({.name = group.name, .type = group.type, .version = group.version},
                                          update.name, update.type, update.version);
  if (!fixed.empty()) return std::unexpected(field_fixed("group", fixed));
  GroupContent content{
      .description = group.description, .enabled = group.enabled, .receiver_ids = group.receiver_ids};
  std::vector<Violation> faults;
  if (update.description) content.description = clean_description(*update.description, faults);
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  if (update.enabled) content.enabled = *update.enabled;
  if (update.receivers) {
    auto ids = resolve_receivers(caller, catalogue, *update.receivers);
    if (!ids) return std::unexpected(std::move(ids).error());
    content.receiver_ids = *std::move(ids);
  }
  domain::Group out = with_content(group, std::move(content));
  if (out.gate_revision != -1) return out;
  auto within_limit = check_group_limit(catalogue, out);
  if (!within_limit) return std::unexpected(std::move(within_limit).error());
  return out;
}

}  // namespace xzepr::service

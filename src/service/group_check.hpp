// The rules of one group's content against a snapshot: its receivers found, counted and bounded. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "domain/catalogue.hpp"
#include "domain/group.hpp"
#include "identity/principal.hpp"
#include "service/group_service.hpp"

namespace xzepr::service {

inline constexpr std::size_t members_per_group_max = 1'000;

/// The receivers that a request names, in its order. At once: "receiver_unknown" (400) with a violation per
/// item that is absent or not visible, else "request_invalid" for none or repeats; before both
/// "group_too_large".
[[nodiscard]] Result<std::vector<ReceiverId>> resolve_receivers(const identity::Principal& caller,
                                                                const domain::Catalogue& catalogue,
                                                                const std::vector<std::string>& references);

/// "group_limit" when the enabled group would be one too many for one of its receivers.
[[nodiscard]] Result<void> check_group_limit(const domain::Catalogue& catalogue, const domain::Group& group);

/// The same gate asked for again: same description, same set of receivers.
[[nodiscard]] bool is_same_content(const domain::Group& a, const domain::Group& b);

/// Name, type, version, description and enabled, cleaned; "request_invalid".
[[nodiscard]] Result<domain::Group> check_group(const NewGroup& asked);

/// What a change can give a group.
struct GroupContent {
  std::string description;
  bool enabled = true;
  std::vector<ReceiverId> receiver_ids;
};
/// The group with this content. A change of receivers or enabled sets gate_revision to -1: the store fills in
/// the new revision. resource_version is not touched.
[[nodiscard]] domain::Group with_content(domain::Group group, GroupContent content);

/// The group as the update makes it; "field_fixed" and the errors above. As with_content does.
[[nodiscard]] Result<domain::Group> apply_update(const identity::Principal& caller,
                                                 const domain::Catalogue& catalogue,
                                                 const domain::Group& group, const GroupUpdate& update);

}  // namespace xzepr::service

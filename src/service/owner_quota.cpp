#include "service/owner_quota.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {

Result<void> check_receiver_quota(std::size_t owned) {
  if (owned <= limits::receivers_per_owner_max) return {};
  return std::unexpected(
      conflict("receivers_too_many",
               fmt::format("you own {} receivers, which is the most", limits::receivers_per_owner_max),
               "delete those that have no events, or have another owner make it"));
}

Result<void> check_group_quota(std::size_t owned) {
  if (owned <= limits::groups_per_owner_max) return {};
  return std::unexpected(conflict(
      "groups_too_many", fmt::format("you own {} groups, which is the most", limits::groups_per_owner_max),
      "delete those that nobody needs: xzepr group list"));
}

}  // namespace xzepr::service

// How many receivers and groups one owner may have: every node holds all of them in memory. Disabled ones
// count, deleted ones do not. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/error.hpp"
#include "domain/catalogue.hpp"

namespace xzepr::service {

/// Of receivers or groups.
template <class Item>
[[nodiscard]] std::size_t count_owned(const std::vector<Item>& items, const domain::Subject& owner) {
  return static_cast<std::size_t>(std::ranges::count(items, owner, &Item::owner));
}

/// `owned`: with the new one. "receivers_too_many", "groups_too_many".
[[nodiscard]] Result<void> check_receiver_quota(std::size_t owned);
[[nodiscard]] Result<void> check_group_quota(std::size_t owned);

}  // namespace xzepr::service

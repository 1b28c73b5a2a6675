// Pages of receivers and groups, straight from a snapshot, by id. Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "service/page.hpp"

namespace xzepr::service {

/// The items of `all` (sorted by id) after `after` that match, one page of them.
template <class T, class IdType, class Matches>
[[nodiscard]] Page<T> page_of(const std::vector<T>& all, const std::optional<IdType>& after,
                              const PageRequest& page, const CursorCodec& cursors, const QueryText& query,
                              Matches matches) {
  auto next = after ? std::ranges::upper_bound(all, *after, {}, &T::id) : all.begin();
  std::vector<T> rows;
  for (; next != all.end() && rows.size() <= page.limit; ++next) {
    if (matches(*next)) rows.push_back(*next);
  }
  auto out =
      cut_page(std::move(rows), page, cursors, query, [](const T& item) { return to_string(item.id); });
  if (page.wants_total) out.total = static_cast<std::uint64_t>(std::ranges::count_if(all, matches));
  return out;
}

}  // namespace xzepr::service

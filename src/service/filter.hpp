// What an optional filter lets through. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/word_search.hpp"

namespace xzepr::service {

[[nodiscard]] inline bool is_equal_or_any(const std::optional<std::string>& wanted,
                                          std::string_view present) {
  return !wanted || *wanted == present;
}

/// Whether a receiver or a group passes the filter of its list.
template <class Filter, class T>
[[nodiscard]] bool passes(const Filter& filter, const domain::WordSearch& search, const T& item) {
  return is_equal_or_any(filter.name, item.name) && is_equal_or_any(filter.type, item.type) &&
         is_equal_or_any(filter.version, item.version) && is_equal_or_any(filter.owner, item.owner.text) &&
         (!filter.enabled || *filter.enabled == item.enabled) &&
         search.matches({item.name, item.type, item.version, item.description});
}

}  // namespace xzepr::service

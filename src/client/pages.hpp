// Walks a list from page to page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "client/api.hpp"

namespace xzepr::client {

struct ListCall {
  std::string path;
  http::QueryParameters query = {};
  std::size_t limit = 0;  ///< items at most; 0: all
};

/// Hands each item on as it comes. Returns whether the list has more than was asked for.
[[nodiscard]] std::expected<bool, Failure> for_each_item(Api& api, const ListCall& call,
                                                         const std::function<void(const json::Value&)>& take);

/// How many items the list has in all; its limit does not count.
[[nodiscard]] std::expected<std::int64_t, Failure> count_items(Api& api, ListCall call);

}  // namespace xzepr::client

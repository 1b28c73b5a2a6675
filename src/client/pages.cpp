#include "client/pages.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/pointer.hpp"

namespace xzepr::client {

namespace {

struct PageEnd {
  std::string next;
  bool has_more = false;
};

PageEnd page_end(const json::Value& answer) {
  if (!answer.is_object()) return {};
  const auto* pagination = answer.get_object().if_contains("pagination");
  if (pagination == nullptr || !pagination->is_object()) return {};
  const auto* more = pagination->get_object().if_contains("has_more");
  return {.next = text_of(*pagination, "next"),
          .has_more = more != nullptr && more->is_bool() && more->get_bool()};
}

Failure no_list(const std::string& path) {
  return {.status = 200,
          .code = "answer_unreadable",
          .detail = "the answer holds no list",
          .hint = "check that the URL is that of an XZepr server",
          .where = fmt::format("GET {}", path)};
}

}  // namespace

std::expected<bool, Failure> for_each_item(Api& api, const ListCall& call,
                                           const std::function<void(const json::Value&)>& take) {
  std::size_t left = call.limit == 0 ? SIZE_MAX : call.limit;
  std::string after;
  while (true) {
    http::QueryParameters query = call.query;
    query.emplace_back("limit", fmt::format("{}", std::min(left, limits::page_size_max)));
    if (!after.empty()) query.emplace_back("after", after);
    const Answer answer = api.get(call.path, std::move(query));
    if (!answer) return std::unexpected(answer.error());
    const auto* data = answer->is_object() ? answer->get_object().if_contains("data") : nullptr;
    if (data == nullptr || !data->is_array()) return std::unexpected(no_list(call.path));
    for (const auto& item : data->get_array()) take(item);
    left -= std::min(left, data->get_array().size());
    PageEnd end = page_end(*answer);
    // A page without a cursor, or the same cursor again, would never end.
    if (!end.has_more || left == 0 || end.next.empty() || end.next == after) return end.has_more;
    after = std::move(end.next);
  }
}

std::expected<std::int64_t, Failure> count_items(Api& api, ListCall call) {
  call.query.emplace_back("limit", "1");
  call.query.emplace_back("count", "exact");
  const Answer answer = api.get(call.path, std::move(call.query));
  if (!answer) return std::unexpected(answer.error());
  const auto* total = json::find(*answer, "/pagination/total");
  if (total == nullptr || !total->is_int64()) return std::unexpected(no_list(call.path));
  return total->get_int64();
}

}  // namespace xzepr::client

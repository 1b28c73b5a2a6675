// List answers: {"data": [...], "pagination": {"limit", "next", "has_more", "total" when it was asked for}}
// and Link: rel="next".
#pragma once

#include <optional>
#include <string>

#include "api/exchange.hpp"
#include "api/rest/object_text.hpp"
#include "http/message.hpp"
#include "service/page.hpp"

namespace xzepr::api::rest {

struct PageFoot {
  std::size_t limit;
  const std::optional<std::string>& next;
  std::optional<std::uint64_t> total;
};
/// The rest of the body after the data, and the header.
void finish_page(http::Response& response, const Exchange& exchange, const PageFoot& foot);

/// The same path and query with another `after`: relative, never made from the Host header.
[[nodiscard]] std::string next_link(const Exchange& exchange, const std::string& next);

template <class T, class Append>
[[nodiscard]] http::Response page_reply(const Exchange& exchange, const service::Page<T>& page,
                                        Append append) {
  http::Response response;
  response.body = "{\"data\":";
  append_array(response.body, page.items, append);
  finish_page(response, exchange, {.limit = page.limit, .next = page.next, .total = page.total});
  return response;
}

}  // namespace xzepr::api::rest

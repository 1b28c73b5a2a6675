#include "api/rest/page.hpp"

#include <fmt/format.h>

#include "http/query.hpp"

namespace xzepr::api::rest {

std::string next_link(const Exchange& exchange, const std::string& next) {
  const auto target = exchange.request.target;
  std::string link = fmt::format("<{}?", target.substr(0, target.find('?')));
  for (const auto& [name, value] : exchange.query) {
    if (name == "after") continue;
    link += fmt::format("{}={}&", http::percent_encode(name), http::percent_encode(value));
  }
  return link + fmt::format("after={}>; rel=\"next\"", http::percent_encode(next));
}

void finish_page(http::Response& response, const Exchange& exchange, const PageFoot& foot) {
  const auto& next = foot.next;
  response.body += ",\"pagination\":";
  ObjectText pagination(response.body);
  pagination.number("limit", static_cast<std::int64_t>(foot.limit));
  if (next) {
    pagination.text("next", *next);
    response.set("Link", next_link(exchange, *next));
  } else {
    pagination.null("next");
  }
  pagination.flag("has_more", next.has_value());
  if (foot.total) pagination.number("total", static_cast<std::int64_t>(*foot.total));
  pagination.close();
  response.body += '}';
}

}  // namespace xzepr::api::rest

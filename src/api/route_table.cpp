#include "api/route_table.hpp"

#include "base/assert.hpp"

namespace xzepr::api {

void RouteTable::add(std::span<const Route> routes) {
  for (const auto& route : routes) {
    const auto number = router_.add(route.method, route.path);
    XZEPR_ASSERT(number == routes_.size());
    routes_.push_back(route);
    if (route.body_bytes_max == limits::body_bytes_max && route.reading == http::BodyReading::whole) continue;
    XZEPR_ASSERT(route.path.find('{') == std::string_view::npos);
    special_.push_back(number);
  }
}

http::BodyRule RouteTable::body_rule(http::Method method, std::string_view target) const {
  auto path = target.substr(0, target.find('?'));
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  for (const auto number : special_) {
    const auto& route = routes_[number];
    if (route.method != method || route.path != path) continue;
    return {.bytes_max = route.body_bytes_max, .reading = route.reading};
  }
  return {.bytes_max = limits::body_bytes_max};
}

}  // namespace xzepr::api

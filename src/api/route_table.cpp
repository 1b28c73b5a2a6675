#include "api/route_table.hpp"

#include "base/assert.hpp"

namespace xzepr::api {

void RouteTable::add(std::span<const Route> routes) {
  for (const auto& route : routes) {
    const auto number = router_.add(route.method, route.path);
    XZEPR_ASSERT(number == routes_.size());
    routes_.push_back(route);
    if (route.body_bytes_max == limits::body_bytes_max) continue;
    XZEPR_ASSERT(route.path.find('{') == std::string_view::npos);
    large_.push_back(number);
  }
}

std::size_t RouteTable::body_bytes_max(http::Method method, std::string_view target) const {
  auto path = target.substr(0, target.find('?'));
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  for (const auto number : large_) {
    const auto& route = routes_[number];
    if (route.method == method && route.path == path) return route.body_bytes_max;
  }
  return limits::body_bytes_max;
}

}  // namespace xzepr::api

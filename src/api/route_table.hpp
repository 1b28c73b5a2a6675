// All routes of the server, collected once at start and immutable afterwards: any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "api/route.hpp"
#include "http/router.hpp"

namespace xzepr::api {

class RouteTable {
 public:
  /// Two routes with one method and shape assert, and so does a larger body on a path with parameters.
  void add(std::span<const Route> routes);

  [[nodiscard]] http::Router::Match match(http::Method method, std::string_view path) const {
    return router_.match(method, path);
  }
  [[nodiscard]] const Route& at(std::size_t number) const { return routes_[number]; }
  [[nodiscard]] std::span<const Route> routes() const { return routes_; }
  /// By the raw target, before anything is decoded.
  [[nodiscard]] http::BodyRule body_rule(http::Method method, std::string_view target) const;

 private:
  std::vector<Route> routes_;
  std::vector<std::size_t> special_;  // routes with another rule for the body than the common one
  http::Router router_;
};

}  // namespace xzepr::api

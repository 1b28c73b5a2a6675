#include "api/route_table.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

Result<http::Response> nothing(const Exchange&, const Services&) { return http::Response{}; }

Route route(http::Method method, std::string_view path, std::size_t body_bytes_max = limits::body_bytes_max) {
  return {.method = method,
          .path = path,
          .demand = identity::Permission::none,
          .action = nothing,
          .operation = "nothing",
          .summary = "Nothing",
          .answers = done(),
          .body_bytes_max = body_bytes_max};
}

TEST(RouteTable, FindsWhatWasAdded) {
  RouteTable table;
  const std::array routes = {route(http::Method::get, "/a/{id}"), route(http::Method::post, "/a")};
  table.add(routes);
  const auto match = table.match(http::Method::get, "/a/7");
  ASSERT_EQ(match.outcome, http::Router::Outcome::found);
  EXPECT_EQ(table.at(match.route).path, "/a/{id}");
  EXPECT_EQ(match.parameters.at(0), "7");
}

TEST(RouteTable, LetsOnlyTheRouteThatAsksHaveALargerBody) {
  RouteTable table;
  const std::array routes = {route(http::Method::post, "/a/batch", 5'000'000),
                             route(http::Method::post, "/a")};
  table.add(routes);
  EXPECT_EQ(table.body_rule(http::Method::post, "/a/batch").bytes_max, 5'000'000U);
  EXPECT_EQ(table.body_rule(http::Method::post, "/a/batch/?x=1").bytes_max, 5'000'000U);
  EXPECT_EQ(table.body_rule(http::Method::put, "/a/batch").bytes_max, limits::body_bytes_max);
  EXPECT_EQ(table.body_rule(http::Method::post, "/a").bytes_max, limits::body_bytes_max);
  EXPECT_EQ(table.body_rule(http::Method::post, "/nowhere").bytes_max, limits::body_bytes_max);
}

}  // namespace
}  // namespace xzepr::api

#include "api/rest/routes.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "api/rest/page.hpp"
#include "api/rest/reply.hpp"

namespace xzepr::api::rest {
namespace {

std::string_view header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

RouteTable table() {
  RouteTable made;
  add_routes(made);
  return made;
}

TEST(Routes, AreOpenToEveryoneOnlyForHealthAndLogins) {
  const auto all = table();
  for (const auto& route : all.routes()) {
    const bool is_open = route.demand.permission() == identity::Permission::none;
    const bool is_health = route.path.starts_with("/health") && route.path != "/health/detailed";
    const bool is_login = route.path.starts_with("/api/v1/auth/") && route.path != "/api/v1/auth/me" &&
                          route.path != "/api/v1/auth/logout";
    EXPECT_EQ(is_open, is_health || is_login) << route.path;
  }
}

TEST(Routes, ChangeNothingWithTheRightToReadAlone) {
  const auto all = table();
  for (const auto& route : all.routes()) {
    // A ticket opens nothing but what its maker may read.
    const bool is_reading = route.path.ends_with("/validate") || route.path.ends_with("/stream/ticket");
    if (route.method == http::Method::get || is_reading) continue;
    const auto needed = identity::to_string(route.demand.permission());
    EXPECT_FALSE(needed.ends_with("_read")) << route.path;
  }
}

TEST(Routes, HaveABodyWhereOneIsSent) {
  const auto all = table();
  for (const auto& route : all.routes()) {
    const bool sends = route.method == http::Method::post || route.method == http::Method::put ||
                       route.method == http::Method::patch;
    const bool says_all = route.path == "/api/v1/auth/logout" || route.path.ends_with("/resend") ||
                          route.path.ends_with("/ticket") || route.path.ends_with("/test");
    EXPECT_EQ(sends && !says_all, route.body.media != Body::none) << route.path;
  }
}

TEST(Routes, DescribeTheParametersOfTheirPaths) {
  const auto all = table();
  for (const auto& route : all.routes()) {
    std::vector<std::string_view> in_path;
    for (auto at = route.path.find('{'); at != std::string_view::npos; at = route.path.find('{', at + 1))
      in_path.push_back(route.path.substr(at + 1, route.path.find('}', at) - at - 1));
    std::vector<std::string_view> described;
    for (const auto& segment : route.segments) described.push_back(segment.name);
    EXPECT_EQ(described, in_path) << route.path;
  }
}

TEST(Routes, HaveAnOperationEachAndTellTheParametersThatTheyKnow) {
  const auto all = table();
  std::set<std::string_view> operations;
  for (const auto& route : all.routes()) {
    EXPECT_TRUE(operations.insert(route.operation).second) << route.path;
    for (const auto parameters : {route.segments, route.query}) {
      for (const auto& parameter : parameters) {
        EXPECT_TRUE(parameter.about.ends_with('.')) << parameter.name;
        EXPECT_EQ(parameter.kind == ParameterKind::choice, !parameter.choices.empty()) << parameter.name;
      }
    }
  }
}

TEST(Routes, TakeALargerBodyForBatchesOnly) {
  const auto all = table();
  EXPECT_EQ(all.body_rule(http::Method::post, "/api/v1/events/batch?atomic=true").bytes_max,
            limits::batch_body_bytes_max);
  EXPECT_EQ(all.body_rule(http::Method::post, "/api/v1/events").bytes_max, limits::body_bytes_max);
}

struct Asked {
  http::Request request;
  http::QueryParameters query;
  std::span<const Route> routes = event_routes();

  explicit Asked(std::string_view target) {
    request.target = target;
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) query = http::parse_query(target.substr(mark + 1)).value();
  }
  [[nodiscard]] Exchange exchange() const {
    return {.request = request,
            .route = routes[0],
            .path = {},
            .query = query,
            .context = {.principal = nullptr, .deadline = request.deadline, .now = {}, .request_id = {}},
            .idempotency = std::nullopt};
  }
};

TEST(Page, CarriesItsCursorInBodyAndLink) {
  const Asked asked("/api/v1/events?name=a%20b&after=old&limit=2");
  const service::Page<int> page{.items = {1, 2}, .next = "c+1", .limit = 2};
  const auto exchange = asked.exchange();
  const auto response =
      page_reply(exchange, page, [](std::string& out, int item) { out += std::to_string(item); });
  EXPECT_EQ(response.body, R"({"data":[1,2],"pagination":{"limit":2,"next":"c+1","has_more":true}})");
  EXPECT_EQ(header(response, "Link"), "</api/v1/events?name=a%20b&limit=2&after=c%2B1>; rel=\"next\"");
}

TEST(Page, EndsWithoutALink) {
  const Asked asked("/api/v1/events");
  const service::Page<int> page{.items = {}, .next = std::nullopt, .limit = 50};
  const auto exchange = asked.exchange();
  const auto response = page_reply(exchange, page, [](std::string&, int) {});
  EXPECT_EQ(response.body, R"({"data":[],"pagination":{"limit":50,"next":null,"has_more":false}})");
  EXPECT_EQ(header(response, "Link"), "");
}

TEST(Reply, OfSomethingMadeNamesItsPlaceAndVersion) {
  const auto made = made_reply(
      {.collection = "/api/v1/groups", .id = {}, .resource_version = 3, .change = service::Change::created});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(header(made, "Location"), "/api/v1/groups/00000000000000000000000000");
  EXPECT_EQ(header(made, "ETag"), "\"3\"");
  EXPECT_EQ(made.body, R"({"data":"00000000000000000000000000","id":"00000000000000000000000000"})");
  EXPECT_EQ(
      made_reply({.collection = "", .id = {}, .resource_version = 1, .change = service::Change::unchanged})
          .status,
      200);
  const auto replayed =
      made_reply({.collection = "", .id = {}, .resource_version = 1, .change = service::Change::replayed});
  EXPECT_EQ(replayed.status, 201);
  EXPECT_EQ(header(replayed, "Idempotency-Replayed"), "true");
}

TEST(Enabled, IsTheOnlyThingThatAPatchMayHold) {
  Asked asked("/api/v1/groups/x");
  const auto exchange = asked.exchange();
  for (const std::string_view body :
       {"", "{}", R"({"enabled":1})", R"({"enabled":null})", R"({"enabled":true,"name":"x"})", "[]"}) {
    asked.request.body = body;
    EXPECT_FALSE(read_enabled(exchange)) << body;
  }
  asked.request.body = R"({"enabled":false})";
  EXPECT_EQ(read_enabled(exchange).value(), false);
}

}  // namespace
}  // namespace xzepr::api::rest

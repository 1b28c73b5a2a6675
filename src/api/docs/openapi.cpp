#include "api/docs/openapi.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "http/message.hpp"

namespace xzepr::api::docs {
namespace {

constexpr std::string_view about =
    "XZepr keeps what happened to the artifacts of software delivery, checks it and decides gates.\n\n"
    "Times are RFC 3339 in UTC with microseconds. Ids are ULIDs; a UUID of the same bits is read too. "
    "Receivers and "
    "groups are named by id, name or name@version. Members that a request's schema does not have are refused "
    "by "
    "name. Lists are pages: take pagination.next, or the Link header, until there is none. Every failure is "
    "a "
    "problem body (RFC 9457) with a stable code; its page under /docs/errors/{code} tells cause and fix. A "
    "path "
    "with a slash at its end is the same resource. HEAD is GET without a body; OPTIONS answers 204 with "
    "Allow.";

std::string method_key(http::Method method) {
  std::string key(http::to_string(method));
  std::ranges::transform(key, key.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return key;
}

json::Object make_info(std::string_view version) {
  return {{"title", "XZepr"},
          {"version", version},
          {"summary", "Event tracking for software delivery."},
          {"description", about},
          {"license", json::Object{{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}};
}

json::Array make_tags(std::span<const Route> routes) {
  json::Array made;
  for (const auto& tag : tags()) {
    const auto has_route = [&](const Route& route) { return tag_of(route.path) == &tag; };
    if (tag.about.empty() || std::ranges::none_of(routes, has_route)) continue;
    made.push_back(json::Object{{"name", tag.name}, {"description", tag.about}});
  }
  return made;
}

// What was made at /things is found, changed and deleted at /things/{id}: a link says so to clients and
// tests.
json::Object links_of(const Route& made, std::span<const Route> routes) {
  json::Object links;
  for (const auto& route : routes) {
    const auto rest = route.path.substr(std::min(route.path.size(), made.path.size()));
    if (!route.path.starts_with(made.path) || !rest.starts_with("/{") || route.segments.size() != 1) continue;
    links[std::string_view(route.operation)] =
        json::Object{{"operationId", std::string_view(route.operation)},
                     {"parameters", json::Object{{route.segments.front().name, "$response.body#/id"}}}};
  }
  return links;
}

void add_links(json::Object& paths, std::span<const Route> routes) {
  for (const auto& route : routes) {
    for (const auto& answer : route.answers.all()) {
      if (route.method != http::Method::post || !has(answer.carries, Carries::location)) continue;
      auto& operation = paths[route.path].as_object()[method_key(route.method)].as_object();
      auto& response = operation["responses"].as_object()[fmt::to_string(answer.status)];
      response.as_object()["links"] = links_of(route, routes);
    }
  }
}

json::Object make_paths(std::span<const Route> routes) {
  json::Object paths;
  for (const auto& route : routes) {
    auto& path = paths[route.path];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[method_key(route.method)] = make_operation(route);
  }
  add_links(paths, routes);
  return paths;
}

void check_names(const Description& description) {
  const auto is_written = [&](std::string_view name) {
    return name.empty() ||
           std::ranges::find(description.schemas, name, &NamedSchema::name) != description.schemas.end();
  };
  for (const auto& route : description.routes) {
    XZEPR_ASSERT(is_written(route.body.schema));
    for (const auto& answer : route.answers.all()) XZEPR_ASSERT(is_written(answer.schema));
  }
}

}  // namespace

json::Value make_openapi(const Description& description) {
  check_names(description);
  return json::Object{{"openapi", "3.1.0"},
                      {"info", make_info(description.version)},
                      {"servers", json::Array{json::Object{{"url", "/"}, {"description", "This server."}}}},
                      {"tags", make_tags(description.routes)},
                      {"paths", make_paths(description.routes)},
                      {"components", make_components(description.schemas)}};
}

}  // namespace xzepr::api::docs

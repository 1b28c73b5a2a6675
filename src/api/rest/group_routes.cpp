#include <array>

#include "api/query_reader.hpp"
#include "api/request_head.hpp"
#include "api/rest/catalogue_parse.hpp"
#include "api/rest/page.hpp"
#include "api/rest/render_catalogue.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array<std::string_view, 8> list_query = {"name",  "type", "version", "enabled",
                                                        "owner", "q",    "limit",   "after"};

std::string reference_of(const Exchange& exchange) { return std::string(exchange.path[0]); }

service::GroupFilter read_filter(QueryReader& reader) {
  service::GroupFilter filter;
  filter.name = reader.text("name");
  filter.type = reader.text("type");
  filter.version = reader.text("version");
  filter.owner = reader.text("owner");
  filter.q = reader.text("q");
  filter.enabled = reader.flag("enabled");
  return filter;
}

Task<Result<http::Response>> post_group(Exchange& exchange, const Services& services) {
  auto body = read_json(exchange);
  if (!body) co_return std::unexpected(std::move(body).error());
  auto group = parse_new_group(*std::move(body));
  if (!group) co_return std::unexpected(std::move(group).error());
  const auto made =
      co_await services.groups.create(exchange.context, *std::move(group), std::move(exchange.idempotency));
  if (!made) co_return std::unexpected(made.error());
  co_return made_reply({.collection = "/api/v1/groups",
                        .id = made->group.id.value,
                        .resource_version = made->group.resource_version,
                        .change = made->change});
}

Task<Result<http::Response>> list_groups(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto filter = read_filter(reader);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page = co_await services.groups.list(exchange.context, std::move(filter), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_group);
}

Task<Result<http::Response>> get_group(Exchange& exchange, const Services& services) {
  auto reference = reference_of(exchange);
  const auto group = co_await services.groups.get(exchange.context, std::move(reference));
  if (!group) co_return std::unexpected(group.error());
  http::Response response;
  append_group(response.body, *group);
  response.set("ETag", etag_of(group->resource_version));
  co_return response;
}

Task<Result<http::Response>> change(Exchange& exchange, const Services& services,
                                    service::GroupUpdate update) {
  const auto if_match = read_if_match(exchange);
  if (!if_match) co_return std::unexpected(if_match.error());
  auto reference = reference_of(exchange);
  const auto group =
      co_await services.groups.update(exchange.context, std::move(reference), std::move(update), *if_match);
  if (!group) co_return std::unexpected(group.error());
  co_return no_content(group->resource_version);
}

Task<Result<http::Response>> put_group(Exchange& exchange, const Services& services) {
  auto body = read_json(exchange);
  if (!body) co_return std::unexpected(std::move(body).error());
  auto update = parse_group_update(*std::move(body));
  if (!update) co_return std::unexpected(std::move(update).error());
  co_return co_await change(exchange, services, *std::move(update));
}

Task<Result<http::Response>> patch_group(Exchange& exchange, const Services& services) {
  const auto enabled = read_enabled(exchange);
  if (!enabled) co_return std::unexpected(enabled.error());
  service::GroupUpdate update;
  update.enabled = *enabled;
  co_return co_await change(exchange, services, std::move(update));
}

Task<Result<http::Response>> delete_group(Exchange& exchange, const Services& services) {
  const auto if_match = read_if_match(exchange);
  if (!if_match) co_return std::unexpected(if_match.error());
  auto reference = reference_of(exchange);
  const auto removed = co_await services.groups.remove(exchange.context, std::move(reference), *if_match);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

Task<Result<http::Response>> list_members(Exchange& exchange, const Services& services) {
  auto reference = reference_of(exchange);
  const auto group = co_await services.groups.get(exchange.context, std::move(reference));
  if (!group) co_return std::unexpected(group.error());
  http::Response response;
  append_members(response.body, *group);
  co_return response;
}

Task<Result<http::Response>> post_member(Exchange& exchange, const Services& services) {
  const auto body = read_json(exchange);
  if (!body) co_return std::unexpected(body.error());
  auto member = parse_member(*body);
  if (!member) co_return std::unexpected(std::move(member).error());
  auto reference = reference_of(exchange);
  const auto added =
      co_await services.groups.add_member(exchange.context, std::move(reference), *std::move(member));
  if (!added) co_return std::unexpected(added.error());
  co_return no_content();
}

Task<Result<http::Response>> delete_member(Exchange& exchange, const Services& services) {
  std::string member(exchange.path[1]);
  auto reference = reference_of(exchange);
  const auto removed =
      co_await services.groups.remove_member(exchange.context, std::move(reference), std::move(member));
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

constexpr auto routes = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/groups",
     .demand = identity::Permission::group_create,
     .action = post_group,
     .summary = "Make a group of receivers: a gate",
     .body = Body::json},
    {.method = http::Method::get,
     .path = "/api/v1/groups",
     .demand = identity::Permission::group_read,
     .action = list_groups,
     .summary = "List groups",
     .query = list_query},
    {.method = http::Method::get,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_read,
     .action = get_group,
     .summary = "One group, by id, name or name@version"},
    {.method = http::Method::put,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_update,
     .action = put_group,
     .summary = "Change description, receivers or enabled",
     .body = Body::json},
    {.method = http::Method::patch,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_update,
     .action = patch_group,
     .summary = "Enable or disable",
     .body = Body::json},
    {.method = http::Method::delete_,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_delete,
     .action = delete_group,
     .summary = "Delete a group"},
    {.method = http::Method::get,
     .path = "/api/v1/groups/{id}/members",
     .demand = identity::Permission::group_read,
     .action = list_members,
     .summary = "Who may post to the group's receivers besides its owner"},
    {.method = http::Method::post,
     .path = "/api/v1/groups/{id}/members",
     .demand = identity::Permission::group_update,
     .action = post_member,
     .summary = "Add a user or a role",
     .body = Body::json},
    {.method = http::Method::delete_,
     .path = "/api/v1/groups/{id}/members/{user_id}",
     .demand = identity::Permission::group_update,
     .action = delete_member,
     .summary = "Remove a member"},
});

}  // namespace

std::span<const Route> group_routes() { return routes; }

}  // namespace xzepr::api::rest

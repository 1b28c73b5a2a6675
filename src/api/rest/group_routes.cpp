#include <array>

#include "api/query_reader.hpp"
#include "api/rest/catalogue_parse.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_catalogue.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array group_segments = {path::group};
constexpr std::array member_segments = {path::group, path::member};
constexpr std::array group_list_query = {query::catalogue_name, query::type,  query::catalogue_version,
                                         query::enabled,        query::owner, query::q,
                                         query::limit,          query::after, query::count};

service::GroupFilter read_group_filter(QueryReader& reader) {
  service::GroupFilter filter;
  filter.name = reader.text(query::catalogue_name);
  filter.type = reader.text(query::type);
  filter.version = reader.text(query::catalogue_version);
  filter.owner = reader.text(query::owner);
  filter.q = reader.text(query::q);
  filter.enabled = reader.flag(query::enabled);
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
  auto filter = read_group_filter(reader);
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
  co_return tagged_reply(exchange, etag_of(group->resource_version),
                         [&](std::string& out) { append_group(out, *group); });
}

Task<Result<http::Response>> change(Exchange& exchange, const Services& services,
                                    service::GroupUpdate update) {
  const auto if_match = read_if_match(exchange.request);
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
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  auto reference = reference_of(exchange);
  const auto removed = co_await services.groups.remove(exchange.context, std::move(reference), *if_match);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content(*removed);
}

Task<Result<http::Response>> list_members(Exchange& exchange, const Services& services) {
  auto reference = reference_of(exchange);
  const auto group = co_await services.groups.get(exchange.context, std::move(reference));
  if (!group) co_return std::unexpected(group.error());
  co_return tagged_reply(exchange, etag_of(group->resource_version),
                         [&](std::string& out) { append_members(out, *group); });
}

Task<Result<http::Response>> post_member(Exchange& exchange, const Services& services) {
  const auto body = read_json(exchange);
  if (!body) co_return std::unexpected(body.error());
  auto member = parse_member(*body);
  if (!member) co_return std::unexpected(std::move(member).error());
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  auto reference = reference_of(exchange);
  const auto added = co_await services.groups.add_member(exchange.context, std::move(reference),
                                                         *std::move(member), *if_match);
  if (!added) co_return std::unexpected(added.error());
  co_return no_content(added->resource_version);
}

Task<Result<http::Response>> delete_member(Exchange& exchange, const Services& services) {
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  std::string member(exchange.path[1]);
  auto reference = reference_of(exchange);
  const auto removed = co_await services.groups.remove_member(exchange.context, std::move(reference),
                                                              std::move(member), *if_match);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content(removed->resource_version);
}

constexpr auto group_made_headers = Carries::location | Carries::etag | Carries::replayed;

constexpr auto group_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/groups",
     .demand = identity::Permission::group_create,
     .action = post_group,
     .operation = "createGroup",
     .summary = "Make a group of receivers: a gate",
     .answers = {created("Made", group_made_headers),
                 {200, "The identical one was there already.", "Made", group_made_headers}},
     .refusals = {{"receiver_unknown", 400},
                  "group_too_large",
                  "group_exists",
                  "group_limit",
                  "groups_too_many",
                  "idempotency_mismatch"},
     .body = json_body("NewGroup"),
     .reads = Reads::idempotency_key},
    {.method = http::Method::get,
     .path = "/api/v1/groups",
     .demand = identity::Permission::group_read,
     .action = list_groups,
     .operation = "listGroups",
     .summary = "List groups",
     .answers = page_of("GroupPage"),
     .refusals = {"cursor_invalid", "request_invalid"},
     .query = group_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_read,
     .action = get_group,
     .operation = "getGroup",
     .summary = "One group, by id, name or name@version",
     .answers = {ok("Group", Carries::etag), not_modified()},
     .refusals = {"group_unknown"},
     .segments = group_segments,
     .reads = Reads::if_none_match},
    {.method = http::Method::put,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_update,
     .action = put_group,
     .operation = "changeGroup",
     .summary = "Change description, receivers or enabled",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid",
                  {"receiver_unknown", 400},
                  "group_too_large",
                  "field_fixed",
                  "not_owner",
                  "group_unknown",
                  "group_limit",
                  "precondition_failed"},
     .segments = group_segments,
     .body = json_body("GroupUpdate"),
     .reads = Reads::if_match},
    {.method = http::Method::patch,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_update,
     .action = patch_group,
     .operation = "enableGroup",
     .summary = "Enable or disable",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "group_unknown", "group_limit", "precondition_failed"},
     .segments = group_segments,
     .body = json_body("EnabledChange"),
     .reads = Reads::if_match},
    {.method = http::Method::delete_,
     .path = "/api/v1/groups/{id}",
     .demand = identity::Permission::group_delete,
     .action = delete_group,
     .operation = "deleteGroup",
     .summary = "Delete a group",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "group_unknown", "precondition_failed"},
     .segments = group_segments,
     .reads = Reads::if_match},
    {.method = http::Method::get,
     .path = "/api/v1/groups/{id}/members",
     .demand = identity::Permission::group_read,
     .action = list_members,
     .operation = "listMembers",
     .summary = "Who may post to the group's receivers besides its owner",
     .answers = {ok("Members", Carries::etag), not_modified()},
     .refusals = {"group_unknown"},
     .segments = group_segments,
     .reads = Reads::if_none_match},
    {.method = http::Method::post,
     .path = "/api/v1/groups/{id}/members",
     .demand = identity::Permission::group_update,
     .action = post_member,
     .operation = "addMember",
     .summary = "Add a user or a role",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "user_unknown", "field_invalid", "not_owner", "group_unknown",
                  "group_limit", "precondition_failed"},
     .segments = group_segments,
     .body = json_body("NewMember"),
     .reads = Reads::if_match},
    {.method = http::Method::delete_,
     .path = "/api/v1/groups/{id}/members/{user_id}",
     .demand = identity::Permission::group_update,
     .action = delete_member,
     .operation = "removeMember",
     .summary = "Remove a member",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "group_unknown", "member_unknown", "precondition_failed"},
     .segments = member_segments,
     .reads = Reads::if_match},
});

}  // namespace

std::span<const Route> group_routes() { return group_route_table; }

}  // namespace xzepr::api::rest

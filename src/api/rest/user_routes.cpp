#include <array>

#include "api/query_reader.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_user.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/rest/user_parse.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array user_segments = {path::user};
constexpr std::array user_list_query = {query::limit, query::after, query::count};
constexpr std::array audit_query = {query::audit_username, query::audit_action, query::audit_outcome,
                                    query::audit_since,    query::audit_until,  query::limit,
                                    query::after,          query::count};

http::Response user_reply(const identity::User& user, int status = 200) {
  std::string body;
  append_user(body, user);
  return json_reply(std::move(body), status);
}

Task<Result<http::Response>> post_user(Exchange& exchange, const Services& services) {
  auto request = read_body(exchange, parse_new_user);
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto user = co_await services.users.create(exchange.context, *std::move(request));
  if (!user) co_return std::unexpected(user.error());
  auto response = user_reply(*user, 201);
  response.set("Location", "/api/v1/users/" + to_string(user->id));
  co_return response;
}

Task<Result<http::Response>> list_users(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page = co_await services.users.list(exchange.context, std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_user);
}

Task<Result<http::Response>> get_user(Exchange& exchange, const Services& services) {
  const auto user = co_await services.users.get(exchange.context, reference_of(exchange));
  if (!user) co_return std::unexpected(user.error());
  co_return user_reply(*user);
}

Task<Result<http::Response>> patch_user(Exchange& exchange, const Services& services) {
  auto change = read_body(exchange, parse_user_change);
  if (!change) co_return std::unexpected(std::move(change).error());
  const auto user =
      co_await services.users.change(exchange.context, reference_of(exchange), *std::move(change));
  if (!user) co_return std::unexpected(user.error());
  co_return user_reply(*user);
}

Task<Result<http::Response>> put_password(Exchange& exchange, const Services& services) {
  auto password = read_body(exchange, parse_new_password);
  if (!password) co_return std::unexpected(std::move(password).error());
  const auto done =
      co_await services.users.set_password(exchange.context, reference_of(exchange), *std::move(password));
  if (!done) co_return std::unexpected(done.error());
  co_return no_content();
}

Task<Result<http::Response>> list_audit(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  service::AuditFilter filter{.username = reader.text(query::audit_username)};
  if (const auto action = reader.choice(query::audit_action))
    filter.action = identity::parse_audit_action(*action);
  if (const auto outcome = reader.choice(query::audit_outcome))
    filter.outcome = identity::parse_audit_outcome(*outcome);
  filter.since = reader.time(query::audit_since);
  filter.until = reader.time(query::audit_until);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page =
      co_await services.users.list_audit(exchange.context, std::move(filter), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_audit_entry);
}

Result<http::Response> list_roles(const Exchange&, const Services&) {
  http::Response response;
  append_role_list(response.body);
  return response;
}

constexpr auto user_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/users",
     .demand = identity::Permission::user_manage,
     .action = post_user,
     .operation = "createUser",
     .summary = "Make a user",
     .answers = created("User", Carries::location),
     .refusals = {"field_invalid", "permission_denied", "user_exists"},
     .body = json_body("NewUser"),
     .is_audited = true},
    {.method = http::Method::get,
     .path = "/api/v1/users",
     .demand = identity::Permission::user_manage,
     .action = list_users,
     .operation = "listUsers",
     .summary = "List users, newest first",
     .answers = page_of("UserPage"),
     .refusals = {"cursor_invalid", "permission_denied"},
     .query = user_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/users/{id}",
     .demand = identity::Permission::authenticated,
     .action = get_user,
     .operation = "getUser",
     .summary = "One user: oneself or, with user_manage, any",
     .answers = ok("User"),
     .refusals = {{"user_unknown", 404}},
     .segments = user_segments},
    {.method = http::Method::patch,
     .path = "/api/v1/users/{id}",
     .demand = identity::Permission::user_manage,
     .action = patch_user,
     .operation = "changeUser",
     .summary = "Change roles, enablement, e-mail or name; a change of rights ends the user's sessions",
     .answers = ok("User"),
     .refusals = {"permission_denied", {"user_unknown", 404}, "last_admin"},
     .segments = user_segments,
     .body = json_body("UserChange"),
     .is_audited = true},
    {.method = http::Method::put,
     .path = "/api/v1/users/{id}/password",
     .demand = identity::Permission::authenticated,
     .action = put_password,
     .operation = "setPassword",
     .summary = "Set a password, one's own with the present one; ends the user's sessions",
     .answers = done(),
     .refusals = {"field_invalid", "login_refused", {"user_unknown", 404}},
     .segments = user_segments,
     .body = json_body("NewPassword"),
     .is_audited = true},
    {.method = http::Method::get,
     .path = "/api/v1/roles",
     .demand = identity::Permission::authenticated,
     .action = list_roles,
     .operation = "listRoles",
     .summary = "The roles and what each permits",
     .answers = ok("RoleList")},
    {.method = http::Method::get,
     .path = "/api/v1/audit",
     .demand = identity::Permission::system_read,
     .action = list_audit,
     .operation = "listAudit",
     .summary = "Who did what to accounts and credentials, refusals included, newest first",
     .answers = page_of("AuditPage"),
     .refusals = {"cursor_invalid", "permission_denied"},
     .query = audit_query},
});

}  // namespace

std::span<const Route> user_routes() { return user_route_table; }

}  // namespace xzepr::api::rest

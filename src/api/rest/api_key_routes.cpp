#include <array>

#include <fmt/format.h>

#include "api/query_reader.hpp"
#include "api/rest/api_key_parse.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_identity.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array api_key_segments = {path::api_key_id};
constexpr std::array api_key_list_query = {query::username, query::limit, query::after, query::count};

Task<Result<http::Response>> post_api_key(Exchange& exchange, const Services& services) {
  auto request = read_body(exchange, parse_new_api_key);
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto created = co_await services.identity.create_api_key(exchange.context, *std::move(request));
  if (!created) co_return std::unexpected(created.error());
  http::Response response{.status = 201};
  append_created_key(response.body, *created);
  response.set("Location", "/api/v1/api-keys/" + to_string(created->key.id));
  co_return response;
}

Task<Result<http::Response>> list_api_keys(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto username = reader.text(query::username);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page =
      co_await services.identity.list_api_keys(exchange.context, std::move(username), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_api_key);
}

Task<Result<http::Response>> delete_api_key(Exchange& exchange, const Services& services) {
  const auto id = parse_id<ApiKeyId>(exchange.path[0]);
  if (!id) {
    co_return std::unexpected(
        Error{.kind = Errc::invalid,
              .code = "id_invalid",
              .detail = fmt::format("{} is neither a ULID nor a UUID", exchange.path[0]),
              .field = "id"});
  }
  const auto revoked = co_await services.identity.revoke_api_key(exchange.context, *id);
  if (!revoked) co_return std::unexpected(revoked.error());
  co_return no_content();
}

Result<http::Response> get_me(const Exchange& exchange, const Services&) {
  http::Response response;
  append_principal(response.body, *exchange.context.principal);
  return response;
}

constexpr auto api_key_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/api-keys",
     .demand = identity::Permission::authenticated,
     .action = post_api_key,
     .operation = "createApiKey",
     .summary = "Make an API key, for oneself or, with user_manage, for another; shown in clear once",
     .answers = created("ApiKeyCreated", Carries::location),
     .refusals = {"field_invalid",
                  "user_unknown",
                  {"receiver_unknown", 400},
                  "permission_denied",
                  "user_disabled",
                  "user_exists",
                  "api_keys_too_many"},
     .body = json_body("NewApiKey"),
     .is_audited = true},
    {.method = http::Method::get,
     .path = "/api/v1/api-keys",
     .demand = identity::Permission::authenticated,
     .action = list_api_keys,
     .operation = "listApiKeys",
     .summary = "List API keys",
     .answers = page_of("ApiKeyPage"),
     .refusals = {"cursor_invalid", "permission_denied", {"user_unknown", 404}},
     .query = api_key_list_query},
    {.method = http::Method::delete_,
     .path = "/api/v1/api-keys/{id}",
     .demand = identity::Permission::authenticated,
     .action = delete_api_key,
     .operation = "revokeApiKey",
     .summary = "Revoke an API key",
     .answers = done(),
     .refusals = {"id_invalid", "permission_denied", "api_key_unknown"},
     .segments = api_key_segments,
     .is_audited = true},
    {.method = http::Method::get,
     .path = "/api/v1/auth/me",
     .demand = identity::Permission::authenticated,
     .action = get_me,
     .operation = "whoAmI",
     .summary = "Who is calling",
     .answers = ok("Principal")},
});

}  // namespace

std::span<const Route> api_key_routes() { return api_key_route_table; }

}  // namespace xzepr::api::rest

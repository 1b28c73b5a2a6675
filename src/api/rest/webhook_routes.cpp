#include <array>

#include "api/query_reader.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_webhook.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/rest/webhook_parse.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array webhook_segments = {path::webhook};
constexpr std::array webhook_list_query = {query::limit, query::after, query::count};

Task<Result<http::Response>> post_webhook(Exchange& exchange, const Services& services) {
  auto request = read_body(exchange, parse_webhook);
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto made = co_await services.webhooks.create(exchange.context, *std::move(request));
  if (!made) co_return std::unexpected(made.error());
  http::Response response{.status = 201};
  append_webhook_secret(response.body, *made);
  response.set("Location", "/api/v1/webhooks/" + to_string(made->view.webhook.id));
  response.set("ETag", etag_of(made->view.webhook.resource_version));
  co_return response;
}

Task<Result<http::Response>> list_webhooks(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page = co_await services.webhooks.list(exchange.context, std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_webhook);
}

Task<Result<http::Response>> get_webhook(Exchange& exchange, const Services& services) {
  const auto view = co_await services.webhooks.get(exchange.context, reference_of(exchange));
  if (!view) co_return std::unexpected(view.error());
  co_return tagged_reply(exchange, etag_of(view->webhook.resource_version),
                         [&](std::string& out) { append_webhook(out, *view); });
}

Task<Result<http::Response>> put_webhook(Exchange& exchange, const Services& services) {
  auto request = read_body(exchange, parse_webhook);
  if (!request) co_return std::unexpected(std::move(request).error());
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  const auto version = co_await services.webhooks.update(exchange.context, reference_of(exchange),
                                                         *std::move(request), *if_match);
  if (!version) co_return std::unexpected(version.error());
  co_return no_content(*version);
}

Task<Result<http::Response>> patch_webhook(Exchange& exchange, const Services& services) {
  const auto enabled = read_enabled(exchange);
  if (!enabled) co_return std::unexpected(enabled.error());
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  const auto version =
      co_await services.webhooks.set_enabled(exchange.context, reference_of(exchange), *enabled, *if_match);
  if (!version) co_return std::unexpected(version.error());
  co_return no_content(*version);
}

Task<Result<http::Response>> delete_webhook(Exchange& exchange, const Services& services) {
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  const auto removed = co_await services.webhooks.remove(exchange.context, reference_of(exchange), *if_match);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

Task<Result<http::Response>> rotate_secret(Exchange& exchange, const Services& services) {
  const auto keep = read_body(exchange, parse_rotation);
  if (!keep) co_return std::unexpected(keep.error());
  const auto made = co_await services.webhooks.rotate_secret(exchange.context, reference_of(exchange), *keep);
  if (!made) co_return std::unexpected(made.error());
  std::string body;
  append_webhook_secret(body, *made);
  co_return json_reply(std::move(body));
}

constexpr auto webhook_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/webhooks",
     .demand = identity::Permission::sink_manage,
     .action = post_webhook,
     .operation = "createWebhook",
     .summary = "Make a webhook; its secret is shown once",
     .answers = created("WebhookSecret", Carries::location | Carries::etag),
     .refusals = {"permission_denied", "webhook_exists", "webhooks_too_many"},
     .body = json_body("NewWebhook"),
     .is_audited = true},
    {.method = http::Method::get,
     .path = "/api/v1/webhooks",
     .demand = identity::Permission::sink_manage,
     .action = list_webhooks,
     .operation = "listWebhooks",
     .summary = "List webhooks, newest first",
     .answers = page_of("WebhookPage"),
     .refusals = {"cursor_invalid", "permission_denied"},
     .query = webhook_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/webhooks/{id}",
     .demand = identity::Permission::sink_manage,
     .action = get_webhook,
     .operation = "getWebhook",
     .summary = "One webhook, by id or name",
     .answers = {ok("Webhook", Carries::etag), not_modified()},
     .refusals = {"permission_denied", "webhook_unknown"},
     .segments = webhook_segments,
     .reads = Reads::if_none_match},
    {.method = http::Method::put,
     .path = "/api/v1/webhooks/{id}",
     .demand = identity::Permission::sink_manage,
     .action = put_webhook,
     .operation = "changeWebhook",
     .summary = "Change name, URL, description, filter and headers",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "permission_denied", "precondition_failed",
                  "webhook_exists", "webhook_unknown"},
     .segments = webhook_segments,
     .body = json_body("NewWebhook"),
     .reads = Reads::if_match,
     .is_audited = true},
    {.method = http::Method::patch,
     .path = "/api/v1/webhooks/{id}",
     .demand = identity::Permission::sink_manage,
     .action = patch_webhook,
     .operation = "enableWebhook",
     .summary =
         "Enable or disable; enabled it is told of what comes from then on, and of what it has not taken yet",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "permission_denied", "precondition_failed",
                  "webhook_unknown"},
     .segments = webhook_segments,
     .body = json_body("EnabledChange"),
     .reads = Reads::if_match,
     .is_audited = true},
    {.method = http::Method::delete_,
     .path = "/api/v1/webhooks/{id}",
     .demand = identity::Permission::sink_manage,
     .action = delete_webhook,
     .operation = "deleteWebhook",
     .summary = "Delete a webhook",
     .answers = done(),
     .refusals = {"if_match_invalid", "not_owner", "permission_denied", "precondition_failed",
                  "webhook_unknown"},
     .segments = webhook_segments,
     .reads = Reads::if_match,
     .is_audited = true},
    {.method = http::Method::post,
     .path = "/api/v1/webhooks/{id}/secret",
     .demand = identity::Permission::sink_manage,
     .action = rotate_secret,
     .operation = "rotateWebhookSecret",
     .summary = "Give it a new secret, shown once; the present one signs beside it for a while",
     .answers = ok("WebhookSecret"),
     .refusals = {"not_owner", "permission_denied", "webhook_unknown"},
     .segments = webhook_segments,
     .body = json_body("SecretRotation"),
     .is_audited = true},
});

}  // namespace

std::span<const Route> webhook_routes() { return webhook_route_table; }

}  // namespace xzepr::api::rest

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

constexpr std::array told_webhook_segments = {path::webhook};
constexpr std::array delivery_segments = {path::webhook, path::delivery_id};
constexpr std::array delivery_list_query = {query::delivery_status, query::limit, query::after, query::count};

Task<Result<http::Response>> list_deliveries(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  std::optional<domain::DeliveryStatus> status;
  if (const auto name = reader.choice(query::delivery_status)) status = domain::parse_delivery_status(*name);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page =
      co_await services.deliveries.list(exchange.context, reference_of(exchange), status, std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_delivery);
}

Task<Result<http::Response>> get_delivery(Exchange& exchange, const Services& services) {
  std::string id(exchange.path[1]);
  const auto delivery =
      co_await services.deliveries.get(exchange.context, reference_of(exchange), std::move(id));
  if (!delivery) co_return std::unexpected(delivery.error());
  std::string body;
  append_delivery(body, *delivery);
  co_return json_reply(std::move(body));
}

Task<Result<http::Response>> test_webhook(Exchange& exchange, const Services& services) {
  const auto delivery = co_await services.deliveries.test(exchange.context, reference_of(exchange));
  if (!delivery) co_return std::unexpected(delivery.error());
  std::string body;
  append_delivery(body, *delivery);
  auto response = json_reply(std::move(body), 201);
  response.set("Location", "/api/v1/webhooks/" + to_string(delivery->webhook_id) + "/deliveries/" +
                               to_string(delivery->id));
  co_return response;
}

Task<Result<http::Response>> replay_webhook(Exchange& exchange, const Services& services) {
  auto replay = read_body(exchange, parse_replay);
  if (!replay) co_return std::unexpected(std::move(replay).error());
  Result<service::ReplayProgress> progress;
  if (replay->failed) {
    progress = co_await services.deliveries.replay_failed(exchange.context, reference_of(exchange));
  } else {
    progress = co_await services.deliveries.replay(exchange.context, reference_of(exchange),
                                                   std::move(replay->request));
  }
  if (!progress) co_return std::unexpected(progress.error());
  std::string body;
  append_replay_progress(body, *progress);
  co_return json_reply(std::move(body));
}

constexpr auto delivery_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/webhooks/{id}/deliveries",
     .demand = identity::Permission::sink_manage,
     .action = list_deliveries,
     .operation = "listDeliveries",
     .summary = "What a webhook was told or is to be told, newest first",
     .answers = page_of("DeliveryPage"),
     .refusals = {"cursor_invalid", "permission_denied", "webhook_unknown"},
     .segments = told_webhook_segments,
     .query = delivery_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/webhooks/{id}/deliveries/{delivery_id}",
     .demand = identity::Permission::sink_manage,
     .action = get_delivery,
     .operation = "getDelivery",
     .summary = "One delivery",
     .answers = ok("Delivery"),
     .refusals = {"delivery_unknown", "permission_denied", "webhook_unknown"},
     .segments = delivery_segments},
    {.method = http::Method::post,
     .path = "/api/v1/webhooks/{id}/test",
     .demand = identity::Permission::sink_manage,
     .action = test_webhook,
     .operation = "testWebhook",
     .summary = "Send it a message of its own, once; the delivery tells what came of it",
     .answers = created("Delivery", Carries::location),
     .refusals = {"permission_denied", "webhook_disabled", "webhook_unknown"},
     .segments = told_webhook_segments},
    {.method = http::Method::post,
     .path = "/api/v1/webhooks/{id}/replay",
     .demand = identity::Permission::sink_manage,
     .action = replay_webhook,
     .operation = "replayWebhook",
     .summary = "Send messages again, since a position or all that was given up; what is under way is not "
                "sent twice",
     .answers = ok("ReplayProgress"),
     .refusals = {"permission_denied", "webhook_disabled", "webhook_unknown"},
     .segments = told_webhook_segments,
     .body = json_body("WebhookReplay")},
});

}  // namespace

std::span<const Route> delivery_routes() { return delivery_route_table; }

}  // namespace xzepr::api::rest

#include <array>

#include "api/query_reader.hpp"
#include "api/rest/catalogue_parse.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_catalogue.hpp"
#include "api/rest/render_problem.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array receiver_segments = {path::receiver};
constexpr std::array receiver_list_query = {query::catalogue_name, query::type,  query::catalogue_version,
                                            query::enabled,        query::owner, query::q,
                                            query::limit,          query::after, query::count};

service::ReceiverFilter read_receiver_filter(QueryReader& reader) {
  service::ReceiverFilter filter;
  filter.name = reader.text(query::catalogue_name);
  filter.type = reader.text(query::type);
  filter.version = reader.text(query::catalogue_version);
  filter.owner = reader.text(query::owner);
  filter.q = reader.text(query::q);
  filter.enabled = reader.flag(query::enabled);
  return filter;
}

Task<Result<http::Response>> post_receiver(Exchange& exchange, const Services& services) {
  auto body = read_json(exchange);
  if (!body) co_return std::unexpected(std::move(body).error());
  auto receiver = parse_new_receiver(*std::move(body));
  if (!receiver) co_return std::unexpected(std::move(receiver).error());
  const auto made = co_await services.receivers.create(exchange.context, *std::move(receiver),
                                                       std::move(exchange.idempotency));
  if (!made) co_return std::unexpected(made.error());
  co_return made_reply({.collection = "/api/v1/receivers",
                        .id = made->receiver.id.value,
                        .resource_version = made->receiver.resource_version,
                        .change = made->change});
}

Task<Result<http::Response>> list_receivers(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto filter = read_receiver_filter(reader);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page = co_await services.receivers.list(exchange.context, std::move(filter), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_receiver);
}

Task<Result<http::Response>> get_receiver(Exchange& exchange, const Services& services) {
  auto reference = reference_of(exchange);
  const auto receiver = co_await services.receivers.get(exchange.context, std::move(reference));
  if (!receiver) co_return std::unexpected(receiver.error());
  co_return tagged_reply(exchange, etag_of(receiver->resource_version),
                         [&](std::string& out) { append_receiver(out, *receiver); });
}

Task<Result<http::Response>> change(Exchange& exchange, const Services& services,
                                    service::ReceiverUpdate update) {
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  auto reference = reference_of(exchange);
  const auto receiver = co_await services.receivers.update(exchange.context, std::move(reference),
                                                           std::move(update), *if_match);
  if (!receiver) co_return std::unexpected(receiver.error());
  co_return no_content(receiver->resource_version);
}

Task<Result<http::Response>> put_receiver(Exchange& exchange, const Services& services) {
  auto body = read_json(exchange);
  if (!body) co_return std::unexpected(std::move(body).error());
  auto update = parse_receiver_update(*std::move(body));
  if (!update) co_return std::unexpected(std::move(update).error());
  co_return co_await change(exchange, services, *std::move(update));
}

Task<Result<http::Response>> patch_receiver(Exchange& exchange, const Services& services) {
  const auto enabled = read_enabled(exchange);
  if (!enabled) co_return std::unexpected(enabled.error());
  service::ReceiverUpdate update;
  update.enabled = *enabled;
  co_return co_await change(exchange, services, std::move(update));
}

Task<Result<http::Response>> delete_receiver(Exchange& exchange, const Services& services) {
  const auto if_match = read_if_match(exchange.request);
  if (!if_match) co_return std::unexpected(if_match.error());
  auto reference = reference_of(exchange);
  const auto removed = co_await services.receivers.remove(exchange.context, std::move(reference), *if_match);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content(*removed);
}

Task<Result<http::Response>> validate_payload(Exchange& exchange, const Services& services) {
  auto body = read_json(exchange);
  if (!body) co_return std::unexpected(std::move(body).error());
  auto payload = parse_payload(*std::move(body));
  if (!payload) co_return std::unexpected(std::move(payload).error());
  auto reference = reference_of(exchange);
  const auto violations =
      co_await services.receivers.validate(exchange.context, std::move(reference), *std::move(payload));
  if (!violations) co_return std::unexpected(violations.error());
  co_return json_reply(render_validation(*violations));
}

constexpr auto receiver_made_headers = Carries::location | Carries::etag | Carries::replayed;

constexpr auto receiver_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/receivers",
     .demand = identity::Permission::receiver_create,
     .action = post_receiver,
     .operation = "createReceiver",
     .summary = "Make an event receiver; the identical one again answers with the id that it has",
     .answers = {created("Made", receiver_made_headers),
                 {200, "The identical one was there already.", "Made", receiver_made_headers}},
     .refusals = {"schema_invalid", "receiver_exists", "receivers_too_many", "idempotency_mismatch"},
     .body = json_body("NewReceiver"),
     .reads = Reads::idempotency_key},
    {.method = http::Method::get,
     .path = "/api/v1/receivers",
     .demand = identity::Permission::receiver_read,
     .action = list_receivers,
     .operation = "listReceivers",
     .summary = "List event receivers",
     .answers = page_of("ReceiverPage"),
     .refusals = {"cursor_invalid", "request_invalid"},
     .query = receiver_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/receivers/{id}",
     .demand = identity::Permission::receiver_read,
     .action = get_receiver,
     .operation = "getReceiver",
     .summary = "One event receiver, by id, name or name@version",
     .answers = {ok("Receiver", Carries::etag), not_modified()},
     .refusals = {"receiver_unknown"},
     .segments = receiver_segments,
     .reads = Reads::if_none_match},
    {.method = http::Method::put,
     .path = "/api/v1/receivers/{id}",
     .demand = identity::Permission::receiver_update,
     .action = put_receiver,
     .operation = "changeReceiver",
     .summary = "Change description, schema, field formats or enabled",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "schema_invalid", "field_fixed", "not_owner", "receiver_unknown",
                  "precondition_failed"},
     .segments = receiver_segments,
     .body = json_body("ReceiverUpdate"),
     .reads = Reads::if_match},
    {.method = http::Method::patch,
     .path = "/api/v1/receivers/{id}",
     .demand = identity::Permission::receiver_update,
     .action = patch_receiver,
     .operation = "enableReceiver",
     .summary = "Enable or disable",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "receiver_unknown", "precondition_failed"},
     .segments = receiver_segments,
     .body = json_body("EnabledChange"),
     .reads = Reads::if_match},
    {.method = http::Method::delete_,
     .path = "/api/v1/receivers/{id}",
     .demand = identity::Permission::receiver_delete,
     .action = delete_receiver,
     .operation = "deleteReceiver",
     .summary = "Delete a receiver that has no events and stands in no group",
     .answers = done(Carries::etag),
     .refusals = {"if_match_invalid", "not_owner", "receiver_unknown", "receiver_in_use",
                  "precondition_failed"},
     .segments = receiver_segments,
     .reads = Reads::if_match},
    {.method = http::Method::post,
     .path = "/api/v1/receivers/{id}/validate",
     .demand = identity::Permission::receiver_read,
     .action = validate_payload,
     .operation = "validatePayload",
     .summary = "Check a payload against the schema; nothing is stored",
     .answers = ok("Validation"),
     .refusals = {"receiver_unknown"},
     .segments = receiver_segments,
     .body = json_body("PayloadToCheck")},
});

}  // namespace

std::span<const Route> receiver_routes() { return receiver_route_table; }

}  // namespace xzepr::api::rest

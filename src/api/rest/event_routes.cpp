#include <array>

#include <fmt/format.h>

#include "api/query_reader.hpp"
#include "api/rest/event_parse.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_event.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array event_segments = {path::event_id};
constexpr std::array event_list_query = {
    query::name,    query::version, query::release, query::platform_id, query::package,   query::receiver,
    query::success, query::since,   query::until,   query::start_since, query::end_until, query::words,
    query::payload, query::sort,    query::limit,   query::after,       query::count};
constexpr std::array get_query = {query::expand};

Error id_invalid(std::string_view text) {
  return Error{.kind = Errc::invalid,
               .code = "id_invalid",
               .detail = fmt::format("{} is neither a ULID nor a UUID", text),
               .field = "id"};
}

// Ids are minted in order of time, so both names mean one order.
store::SortOrder read_sort(QueryReader& reader) {
  const auto sort = reader.choice(query::sort).value_or(std::string(query::sort.initial));
  return sort.starts_with('-') ? store::SortOrder::descending : store::SortOrder::ascending;
}

service::EventFilter read_event_filter(QueryReader& reader) {
  return {.name = reader.text(query::name),
          .version = reader.text(query::version),
          .release = reader.text(query::release),
          .platform_id = reader.text(query::platform_id),
          .package = reader.text(query::package),
          .receiver = reader.text(query::receiver),
          .success = reader.flag(query::success),
          .q = reader.text(query::words),
          .payload = reader.payload(query::payload),
          .since = reader.time(query::since),
          .until = reader.time(query::until),
          .start_since = reader.time(query::start_since),
          .end_until = reader.time(query::end_until),
          .order = read_sort(reader)};
}

http::Response created(const domain::Appended& appended) {
  http::Response response{.status = 201};
  append_appended(response.body, appended);
  response.set("Location", "/api/v1/events/" + to_string(appended.id));
  if (appended.is_replayed) mark_replayed(response);
  return response;
}

Result<service::NewEvent> read_event(const Exchange& exchange) {
  auto body = read_json(exchange);
  if (!body) return std::unexpected(std::move(body).error());
  return parse_new_event(*std::move(body), ItemKey::refused);
}

Task<Result<http::Response>> post_event(Exchange& exchange, const Services& services) {
  auto event = read_event(exchange);
  if (!event) co_return std::unexpected(std::move(event).error());
  auto appended =
      co_await services.events.create(exchange.context, *std::move(event), std::move(exchange.idempotency));
  if (!appended) co_return std::unexpected(std::move(appended).error());
  co_return created(*appended);
}

Task<Result<http::Response>> list_events(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto filter = read_event_filter(reader);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page = co_await services.events.list(exchange.context, std::move(filter), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_event);
}

Task<Result<http::Response>> get_event(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  const auto expand = reader.choice(query::expand);
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto id = parse_id<EventId>(exchange.path[0]);
  if (!id) co_return std::unexpected(id_invalid(exchange.path[0]));
  const auto hot = co_await services.events.get(exchange.context, *id);
  if (!hot) co_return std::unexpected(hot.error());
  const auto& event = (*hot)->event;
  // An event never changes; the receiver beside it does.
  if (!expand) {
    if ((*hot)->text.empty()) append_event((*hot)->text, event);
    co_return tagged_reply(exchange, fmt::format("\"{}\"", to_string(*id)),
                           [&](std::string& out) { out = (*hot)->text; });
  }
  auto receiver_id = to_string(event.receiver_id);
  const auto receiver = co_await services.receivers.get(exchange.context, std::move(receiver_id));
  auto etag = fmt::format("\"{}.{}\"", to_string(*id), receiver ? receiver->resource_version : 0);
  co_return tagged_reply(exchange, std::move(etag), [&](std::string& out) {
    append_event_with(out, event, receiver ? &*receiver : nullptr);
  });
}

constexpr auto event_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = "/api/v1/events",
     .demand = identity::Permission::event_create,
     .action = post_event,
     .operation = "postEvent",
     .summary = "Post an event",
     .answers = created("EventCreated", Carries::location | Carries::replayed),
     .refusals = {"payload_invalid",
                  {"receiver_unknown", 400},
                  "receiver_disabled",
                  "event_refused",
                  "idempotency_mismatch"},
     .body = json_body("NewEvent"),
     .reads = Reads::idempotency_key},
    {.method = http::Method::get,
     .path = "/api/v1/events",
     .demand = identity::Permission::event_read,
     .action = list_events,
     .operation = "listEvents",
     .summary = "List events, newest first",
     .answers = page_of("EventPage"),
     .refusals = {"cursor_invalid", "request_invalid", {"receiver_unknown", 400}},
     .query = event_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/events/{id}",
     .demand = identity::Permission::event_read,
     .action = get_event,
     .operation = "getEvent",
     .summary = "One event",
     .answers = {ok("Event", Carries::etag), not_modified()},
     .refusals = {"id_invalid", "event_unknown"},
     .segments = event_segments,
     .query = get_query,
     .reads = Reads::if_none_match},
});

}  // namespace

std::span<const Route> event_routes() { return event_route_table; }

}  // namespace xzepr::api::rest

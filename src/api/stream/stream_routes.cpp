#include <array>

#include "api/query_reader.hpp"
#include "api/services.hpp"
#include "api/stream/routes.hpp"
#include "api/stream/stream_bodies.hpp"
#include "service/lookup.hpp"

namespace xzepr::api::stream {
namespace {

namespace live = journal::live;

constexpr std::string_view event_stream_type = "text/event-stream";

constexpr Parameter after{
    .name = "after",
    .about =
        "The position of the last message that is known, as `sequence` or an `id` of this "
        "stream has it. Without it: what comes from now on.",
    .max = 41,
    .pattern = "^([0-9]+\\.)?[0-9]+$",
    .example = "0"};
constexpr Parameter type{.name = "type",
                         .about = "Only messages of this type: a receiver's or group's.",
                         .example = "dev.example.scan"};
constexpr Parameter artifact{.name = "artifact",
                             .about =
                                 "Only messages about artifacts whose name@version+release/platform/package "
                                 "matches, with * for any text and ? for any character.",
                             .max = 2'048,
                             .example = "my-app@*"};
constexpr Parameter group{.name = "group",
                          .about = "Only messages about this group: its id, name or name@version.",
                          .max = 512,
                          .example = "ready-to-ship"};
constexpr Parameter success{
    .name = "success", .kind = ParameterKind::flag, .about = "Only events that passed, or failed."};
constexpr Parameter follow{.name = "follow",
                           .kind = ParameterKind::flag,
                           .about = "false: end when everything that is there has been sent.",
                           .initial = "true"};
constexpr Parameter ticket{.name = "ticket",
                           .about =
                               "Of POST /api/v1/stream/ticket, for who cannot send a header, as pages of a "
                               "browser: the only credential of this request.",
                           .max = service::ticket_length,
                           .pattern = "^[0-9A-Za-z]{43}$",
                           .is_credential = true};
constexpr std::array stream_query = {after, type, artifact, group, success, follow};
constexpr std::array socket_query = {after, type, artifact, group, success, follow, ticket};

Error after_invalid() {
  return Error{.kind = Errc::invalid,
               .code = "query_invalid",
               .detail = "after is no position",
               .hint = "write a number, such as the sequence of the last message, or an id of this stream",
               .field = "after"};
}

Result<domain::MessageFilter> read_filter(QueryReader& reader, const identity::Principal& caller,
                                          const domain::Catalogue& catalogue) {
  domain::MessageFilter filter{.type = reader.text(type),
                               .artifact = reader.text(artifact),
                               .group = std::nullopt,
                               .is_success = reader.flag(success)};
  const auto reference = reader.text(group);
  if (auto refused = reader.finish()) return std::unexpected(*std::move(refused));
  if (reference) {
    const auto found = service::visible_group(caller, catalogue, *reference);
    if (!found) return std::unexpected(found.error());
    filter.group = (*found)->id;
  }
  return filter;
}

// A browser that comes back knows better than the URL where it was.
Result<std::optional<live::Place>> read_place(const Exchange& exchange,
                                              const std::optional<std::string>& given) {
  const auto last = exchange.request.header("Last-Event-ID");
  if (last.empty() && !given) return std::nullopt;
  const auto place = live::parse_place(last.empty() ? std::string_view(*given) : last);
  if (!place) return std::unexpected(after_invalid());
  return place;
}

Task<Result<std::unique_ptr<LiveFeed>>> open_feed(Exchange& exchange, const Services& services) {
  auto& parts = *services.streams;
  const auto& caller = exchange.context.principal;
  QueryReader reader(exchange.query);
  const auto given = reader.text(after);
  const bool follows = reader.flag(follow).value_or(true);
  const auto snapshot = parts.catalogue.snapshot();
  auto filter = read_filter(reader, *caller, *snapshot->catalogue);
  if (!filter) co_return std::unexpected(std::move(filter).error());
  const auto place = read_place(exchange, given);
  if (!place) co_return std::unexpected(place.error());
  auto slot = parts.slots.take(caller->user_id);
  if (!slot) co_return std::unexpected(std::move(slot).error());
  const auto start = co_await live::find_start(parts.live.journal, *place, exchange.context.deadline);
  if (!start) co_return std::unexpected(start.error());
  FeedOptions options{.start = *start, .filter = *std::move(filter), .follows = follows};
  service::LastingCaller lasting(caller, parts.catalogue, parts.identities);
  co_return std::make_unique<LiveFeed>(parts.live, std::move(options), std::move(lasting), *std::move(slot),
                                       services.clock);
}

Task<Result<http::Response>> get_stream(Exchange& exchange, const Services& services) {
  const bool wants_events =
      exchange.request.header("Accept").find(event_stream_type) != std::string_view::npos;
  auto feed = co_await open_feed(exchange, services);
  if (!feed) co_return std::unexpected(std::move(feed).error());
  http::Response response{.content_type = wants_events ? event_stream_type : "application/x-ndjson"};
  response.stream = wants_events ? event_stream_body(*std::move(feed)) : ndjson_body(*std::move(feed));
  response.set("X-Accel-Buffering", "no");  // a proxy must hand on what it has
  co_return response;
}

Task<Result<http::Response>> get_web_socket(Exchange& exchange, const Services& services) {
  auto feed = co_await open_feed(exchange, services);
  if (!feed) co_return std::unexpected(std::move(feed).error());
  auto response = http::accept_web_socket(exchange.request, web_socket_body(*std::move(feed)));
  if (response.status == 101) co_return response;
  co_return std::unexpected(Error{.kind = Errc::invalid,
                                  .code = "web_socket_expected",
                                  .detail = "this is a WebSocket, version 13",
                                  .hint = "open it with a WebSocket client, or read GET /api/v1/stream"});
}

constexpr auto stream_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/stream",
     .demand = identity::Permission::event_read,
     .action = get_stream,
     .operation = "streamMessages",
     .summary = "Messages as they come, from any position: server-sent events or NDJSON, by Accept",
     .answers = {text_answer("application/x-ndjson"), text_answer("text/event-stream")},
     .refusals = {"position_gone", "group_unknown", "stream_limit"},
     .query = stream_query},
    {.method = http::Method::get,
     .path = "/api/v1/stream/ws",
     .demand = identity::Permission::event_read,
     .action = get_web_socket,
     .operation = "openMessageSocket",
     .summary = "The same as a WebSocket: a message each",
     .answers = Answer{101, "A WebSocket (RFC 6455).", {}, Carries::common, {}},
     .refusals = {"position_gone", "group_unknown", "stream_limit", "web_socket_expected", "csrf_refused"},
     .query = socket_query,
     .takes_ticket = true},
});

}  // namespace

std::span<const Route> stream_routes() { return stream_route_table; }

}  // namespace xzepr::api::stream

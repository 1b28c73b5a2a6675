#include <array>

#include "api/query_reader.hpp"
#include "api/rest/page.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_sink.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array sink_segments = {path::sink};
constexpr std::array letter_segments = {path::sink, path::dead_letter_id};
constexpr std::array letter_list_query = {query::limit, query::after, query::count};

std::string letter_of(const Exchange& exchange) { return std::string(exchange.path[1]); }

Result<http::Response> letter_reply(const Result<domain::DeadLetter>& letter) {
  if (!letter) return std::unexpected(letter.error());
  std::string body;
  append_dead_letter(body, *letter);
  return json_reply(std::move(body));
}

Task<Result<http::Response>> list_sinks(Exchange& exchange, const Services& services) {
  const auto sinks = co_await services.sinks.list(exchange.context);
  if (!sinks) co_return std::unexpected(sinks.error());
  std::string body;
  append_sink_list(body, *sinks);
  co_return json_reply(std::move(body));
}

Task<Result<http::Response>> list_dead_letters(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  auto request = reader.page();
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto page =
      co_await services.sinks.list_dead_letters(exchange.context, reference_of(exchange), std::move(request));
  if (!page) co_return std::unexpected(page.error());
  co_return page_reply(exchange, *page, append_dead_letter);
}

Task<Result<http::Response>> get_dead_letter(Exchange& exchange, const Services& services) {
  const auto letter =
      co_await services.sinks.get_dead_letter(exchange.context, reference_of(exchange), letter_of(exchange));
  co_return letter_reply(letter);
}

Task<Result<http::Response>> resend_dead_letter(Exchange& exchange, const Services& services) {
  const auto letter =
      co_await services.sinks.resend(exchange.context, reference_of(exchange), letter_of(exchange));
  co_return letter_reply(letter);
}

constexpr auto sink_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/sinks",
     .demand = identity::Permission::sink_manage,
     .action = list_sinks,
     .operation = "listSinks",
     .summary = "Where messages go: how far each sink has come, and how many rows wait",
     .answers = ok("SinkList"),
     .refusals = {"permission_denied"}},
    {.method = http::Method::get,
     .path = "/api/v1/sinks/{name}/dead-letters",
     .demand = identity::Permission::sink_manage,
     .action = list_dead_letters,
     .operation = "listDeadLetters",
     .summary = "Rows that a sink refuses, newest first",
     .answers = page_of("DeadLetterPage"),
     .refusals = {"cursor_invalid", "permission_denied", "sink_unknown"},
     .segments = sink_segments,
     .query = letter_list_query},
    {.method = http::Method::get,
     .path = "/api/v1/sinks/{name}/dead-letters/{id}",
     .demand = identity::Permission::sink_manage,
     .action = get_dead_letter,
     .operation = "getDeadLetter",
     .summary = "One dead letter",
     .answers = ok("DeadLetter"),
     .refusals = {"dead_letter_unknown", "permission_denied"},
     .segments = letter_segments},
    {.method = http::Method::post,
     .path = "/api/v1/sinks/{name}/dead-letters/{id}/resend",
     .demand = identity::Permission::sink_manage,
     .action = resend_dead_letter,
     .operation = "resendDeadLetter",
     .summary = "Send a dead letter again, in a moment; it is gone when the sink takes it",
     .answers = ok("DeadLetter"),
     .refusals = {"dead_letter_unknown", "permission_denied"},
     .segments = letter_segments},
});

}  // namespace

std::span<const Route> sink_routes() { return sink_route_table; }

}  // namespace xzepr::api::rest

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "api/error_map.hpp"
#include "api/query_reader.hpp"
#include "api/rest/batch_parse.hpp"
#include "api/rest/batch_reader.hpp"
#include "api/rest/object_text.hpp"
#include "api/rest/parameters.hpp"
#include "api/rest/render_event.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array batch_query = {query::atomic};
constexpr std::string_view batch_path = "/api/v1/events/batch";

// One transaction's worth or less: while it is stored, nothing more of the batch is in memory.
constexpr std::size_t slice_items_max = 500;
// One broken program can make ten thousand faults; the first thousand say enough.
constexpr std::size_t violations_max = 1'000;

// Leaves room for "#" and the item's index.
constexpr std::size_t batch_key_length_max = limits::idempotency_key_length_max - 15;

void append_fault(std::string& out, const Error& error, std::string_view request_id) {
  const int status = status_of(error);
  ObjectText object(out);
  object.number("status", status);
  object.key("error");
  append_problem(out, status, error, request_id);
  object.close();
}

void append_results(std::string& out, const BatchSlice& slice,
                    const std::vector<Result<domain::Appended>>& results, std::string_view request_id) {
  auto result = results.begin();
  for (const auto& fault : slice.faults) {
    if (!out.empty()) out += ',';
    if (fault) {
      append_fault(out, *fault, request_id);
    } else if (const auto& appended = *result++; appended) {
      append_batch_result(out, *appended);
    } else {
      append_fault(out, appended.error(), request_id);
    }
  }
}

// What was stored before the fault stays stored, so it is told beside the fault.
http::Response render_broken_off(const BatchFault& fault, std::string_view results,
                                 std::string_view request_id) {
  auto response = problem(fault.status, fault.error, request_id);
  if (results.empty()) return response;
  response.body.pop_back();
  response.body += fmt::format(",\"data\":[{}]}}", results);
  return response;
}

http::Response render_all(const std::vector<domain::Appended>& results) {
  http::Response response{.status = 201};
  response.body = "{\"data\":";
  append_array(response.body, results, append_batch_result);
  response.body += '}';
  if (!results.empty() && results.front().is_replayed) mark_replayed(response);
  return response;
}

std::optional<Error> refuse_faulty(const BatchSlice& batch) {
  std::vector<Violation> violations;
  for (std::size_t i = 0; i < batch.faults.size() && violations.size() < violations_max; ++i) {
    if (batch.faults[i]) add_item_violations(violations, i, *batch.faults[i]);
  }
  if (violations.empty()) return std::nullopt;
  return json::request_invalid(std::move(violations));
}

// A key for the whole batch becomes one for each item that has none: a batch sent again adds only what is
// missing. `first`: the number of the slice's first item.
void spread_key(const std::optional<service::Idempotency>& idempotency, std::size_t first,
                BatchSlice& slice) {
  if (!idempotency) return;
  auto event = slice.events.begin();
  for (std::size_t i = 0; i < slice.faults.size(); ++i) {
    if (slice.faults[i]) continue;
    if (!event->idempotency_key) event->idempotency_key = fmt::format("{}#{}", idempotency->key, first + i);
    ++event;
  }
}

Result<void> check_key(const std::optional<service::Idempotency>& idempotency) {
  if (!idempotency || idempotency->key.size() <= batch_key_length_max) return {};
  return std::unexpected(
      Error{.kind = Errc::invalid,
            .code = "idempotency_key_invalid",
            .detail = fmt::format("the key of a batch has at most {} characters", batch_key_length_max),
            .field = "Idempotency-Key"});
}

// All or none, so all of it is read first.
Task<Result<http::Response>> post_all(Exchange& exchange, const Services& services) {
  BatchReader reader(exchange, ItemKey::refused);
  auto batch = co_await reader.next(limits::batch_items_max + 1);
  while (!reader.fault() && !reader.is_complete()) {
    auto slice = co_await reader.next(limits::batch_items_max + 1);
    std::ranges::move(slice.events, std::back_inserter(batch.events));
    std::ranges::move(slice.faults, std::back_inserter(batch.faults));
  }
  if (reader.fault())
    co_return problem(reader.fault()->status, reader.fault()->error, exchange.context.request_id);
  if (auto refused = refuse_faulty(batch)) co_return std::unexpected(*std::move(refused));
  if (exchange.idempotency) exchange.idempotency->body_hash = reader.hash();
  exchange.context.deadline = reader.deadline();
  const auto results = co_await services.events.create_all(exchange.context, std::move(batch.events),
                                                           std::move(exchange.idempotency));
  if (!results) co_return std::unexpected(results.error());
  co_return render_all(*results);
}

// Each slice is stored before the next is read. A fault in the first one has no effect at all.
Task<Result<http::Response>> post_each(Exchange& exchange, const Services& services) {
  if (const auto checked = check_key(exchange.idempotency); !checked)
    co_return std::unexpected(checked.error());
  BatchReader reader(exchange, ItemKey::allowed);
  std::string rendered;
  std::size_t count = 0;
  while (true) {
    auto slice = co_await reader.next(slice_items_max);
    if (reader.fault() && count == 0) break;
    spread_key(exchange.idempotency, count, slice);
    count += slice.faults.size();
    exchange.context.deadline = reader.deadline();
    service::Idempotency scope{.route = "POST /api/v1/events/batch", .key = {}};
    auto events = std::exchange(slice.events, {});
    const auto results =
        co_await services.events.create_each(exchange.context, std::move(events), std::move(scope));
    append_results(rendered, slice, results, exchange.context.request_id);
    if (reader.fault() || reader.is_complete()) break;
  }
  if (reader.fault()) co_return render_broken_off(*reader.fault(), rendered, exchange.context.request_id);
  co_return json_reply(fmt::format("{{\"data\":[{}]}}", rendered));
}

Task<Result<http::Response>> post_batch(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  const bool is_atomic = reader.flag(query::atomic).value_or(false);
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  if (is_atomic) co_return co_await post_all(exchange, services);
  co_return co_await post_each(exchange, services);
}

constexpr auto batch_route_table = std::to_array<Route>({
    {.method = http::Method::post,
     .path = batch_path,
     .demand = identity::Permission::event_create,
     .action = post_batch,
     .operation = "postEvents",
     .summary = "Post up to 10,000 events; one result per item, in order",
     .answers = {{200, "One result per item, in order.", "BatchResults"},
                 {201, "All of them are stored (atomic=true).", "BatchResults", Carries::replayed}},
     .refusals = {"batch_invalid",
                  "batch_too_large",
                  "payload_invalid",
                  {"receiver_unknown", 400},
                  "receiver_disabled",
                  "event_refused",
                  "idempotency_mismatch"},
     .query = batch_query,
     .body = json_or_ndjson_body("NewEvents"),
     .body_bytes_max = limits::batch_body_bytes_max,
     .reading = http::BodyReading::streamed,
     .reads = Reads::idempotency_key},
});

}  // namespace

std::span<const Route> batch_routes() { return batch_route_table; }

}  // namespace xzepr::api::rest

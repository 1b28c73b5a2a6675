#include <array>

#include <fmt/format.h>

#include "api/error_map.hpp"
#include "api/query_reader.hpp"
#include "api/rest/batch_parse.hpp"
#include "api/rest/object_text.hpp"
#include "api/rest/render_event.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::array<std::string_view, 1> batch_query = {"atomic"};
constexpr std::string_view batch_path = "/api/v1/events/batch";

// The shard serves others between two of these: 64 of the largest items take some tens of milliseconds.
constexpr std::size_t items_between_pauses = 64;
// One broken program can make ten thousand faults; the first thousand say enough.
constexpr std::size_t violations_max = 1'000;

// Leaves room for "#" and the item's index.
constexpr std::size_t batch_key_length_max = limits::idempotency_key_length_max - 15;

struct Batch {
  std::vector<service::NewEvent> events;     // those that could be read, in order
  std::vector<std::optional<Error>> faults;  // one per item; empty: its event is in `events`
};

Task<Batch> parse_items(std::vector<std::string_view> items, ItemKey item_key) {
  Batch batch;
  batch.events.reserve(items.size());
  batch.faults.reserve(items.size());
  for (const auto item : items) {
    if (batch.faults.size() % items_between_pauses == items_between_pauses - 1) co_await sleep_for({});
    auto event = parse_item(item, item_key);
    batch.faults.push_back(event ? std::nullopt : std::optional(event.error()));
    if (event) batch.events.push_back(*std::move(event));
  }
  co_return batch;
}

void append_fault(std::string& out, const Error& error, std::string_view request_id) {
  const int status = status_of(error);
  ObjectText object(out);
  object.number("status", status);
  object.key("error");
  append_problem(out, status, error, request_id);
  object.close();
}

http::Response render_each(const Batch& batch, const std::vector<Result<domain::Appended>>& results,
                           std::string_view request_id) {
  http::Response response;
  response.body = "{\"data\":";
  auto result = results.begin();
  append_array(response.body, batch.faults, [&](std::string& out, const std::optional<Error>& fault) {
    if (fault) return append_fault(out, *fault, request_id);
    const auto& appended = *result++;
    if (appended) return append_batch_result(out, *appended);
    append_fault(out, appended.error(), request_id);
  });
  response.body += '}';
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

std::optional<Error> refuse_faulty(const Batch& batch) {
  std::vector<Violation> violations;
  for (std::size_t i = 0; i < batch.faults.size() && violations.size() < violations_max; ++i) {
    if (batch.faults[i]) add_item_violations(violations, i, *batch.faults[i]);
  }
  if (violations.empty()) return std::nullopt;
  return json::request_invalid(std::move(violations));
}

// A key for the whole batch becomes one for each item that has none: a batch sent again adds only what is
// missing.
void spread_key(const std::optional<service::Idempotency>& idempotency, Batch& batch) {
  if (!idempotency) return;
  auto event = batch.events.begin();
  for (std::size_t i = 0; i < batch.faults.size(); ++i) {
    if (batch.faults[i]) continue;
    if (!event->idempotency_key) event->idempotency_key = fmt::format("{}#{}", idempotency->key, i);
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

Task<Result<http::Response>> post_all(Exchange& exchange, const Services& services, Batch batch) {
  if (auto refused = refuse_faulty(batch)) co_return std::unexpected(*std::move(refused));
  const auto results = co_await services.events.create_all(exchange.context, std::move(batch.events),
                                                           std::move(exchange.idempotency));
  if (!results) co_return std::unexpected(results.error());
  co_return render_all(*results);
}

Task<Result<http::Response>> post_batch(Exchange& exchange, const Services& services) {
  QueryReader reader(exchange.query);
  const bool is_atomic = reader.flag("atomic").value_or(false);
  if (auto refused = reader.finish()) co_return std::unexpected(*std::move(refused));
  const auto format = exchange.is_ndjson ? BatchFormat::lines : BatchFormat::array;
  auto items = split_batch(exchange.request.body, format);
  if (!items) co_return std::unexpected(std::move(items).error());
  auto batch = co_await parse_items(*std::move(items), is_atomic ? ItemKey::refused : ItemKey::allowed);
  if (is_atomic) co_return co_await post_all(exchange, services, std::move(batch));
  if (const auto checked = check_key(exchange.idempotency); !checked)
    co_return std::unexpected(checked.error());
  spread_key(exchange.idempotency, batch);
  service::Idempotency scope{.route = "POST /api/v1/events/batch", .key = {}};
  auto events = std::exchange(batch.events, {});
  const auto results =
      co_await services.events.create_each(exchange.context, std::move(events), std::move(scope));
  co_return render_each(batch, results, exchange.context.request_id);
}

constexpr auto routes = std::to_array<Route>({
    {.method = http::Method::post,
     .path = batch_path,
     .demand = identity::Permission::event_create,
     .action = post_batch,
     .summary = "Post up to 10,000 events; one result per item, in order",
     .body = Body::json_or_ndjson,
     .body_bytes_max = limits::batch_body_bytes_max,
     .query = batch_query},
});

}  // namespace

std::span<const Route> batch_routes() { return routes; }

}  // namespace xzepr::api::rest

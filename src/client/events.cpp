#include "client/events.hpp"

#include <fmt/format.h>

#include "base/ulid.hpp"

namespace xzepr::client {

namespace {

const json::Value* member_of(const json::Value& value, std::string_view name) {
  return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

bool is_true(const json::Value* value) { return value != nullptr && value->is_bool() && value->get_bool(); }

const json::Array* results_of(const json::Value& answer) {
  for (const std::string_view name : {"data", "results"}) {
    const auto* results = member_of(answer, name);
    if (results != nullptr && results->is_array()) return &results->get_array();
  }
  return answer.is_array() ? &answer.get_array() : nullptr;
}

BatchItem item_of(const json::Value& result) {
  BatchItem item;
  const auto* error = member_of(result, "error");
  const json::Value& problem = error != nullptr && error->is_object() ? *error : result;
  const auto* status = member_of(result, "status");
  if (status != nullptr && status->is_int64()) item.status = static_cast<int>(status->get_int64());
  item.id = text_of(result, "id");
  item.is_replayed = is_true(member_of(result, "replayed"));
  if (item.status == 0) item.status = item.id.empty() ? 400 : 201;
  if (item.status >= 300) {
    item.failure = failure_of_problem(problem);
    item.failure->status = item.status;
  }
  return item;
}

}  // namespace

json::Value body_of(const NewEvent& event) {
  json::Object body;
  if (!event.receiver.empty())
    body[parse_ulid(event.receiver) ? "event_receiver_id" : "event_receiver"] = event.receiver;
  body["name"] = event.name;
  body["version"] = event.version;
  body["release"] = event.release;
  body["platform_id"] = event.platform_id;
  body["package"] = event.package;
  if (!event.description.empty()) body["description"] = event.description;
  body["success"] = event.success;
  if (event.event_start) body["event_start"] = *event.event_start;
  if (event.event_end) body["event_end"] = *event.event_end;
  body["payload"] = event.payload;
  return body;
}

std::expected<std::vector<BatchItem>, Failure> batch_items(const json::Value& answer, std::size_t count) {
  const json::Array* results = results_of(answer);
  if (results == nullptr || results->size() != count) {
    return std::unexpected(Failure{
        .status = 200,
        .code = "answer_unreadable",
        .detail = fmt::format("the answer to a batch of {} items does not hold {} results", count, count),
        .hint = "check that the server is at least as new as this client",
        .where = "POST /api/v1/events/batch"});
  }
  std::vector<BatchItem> items;
  items.reserve(count);
  for (const auto& result : *results) items.push_back(item_of(result));
  return items;
}

Call batch_call(std::string ndjson) {
  return {.method = "POST",
          .path = path_of("events/batch"),
          .raw_body = std::move(ndjson),
          .content_type = "application/x-ndjson",
          .timeout = std::chrono::seconds{180}};
}

}  // namespace xzepr::client

#include "api/rest/reply.hpp"

#include <fmt/format.h>

#include "api/rest/object_text.hpp"

namespace xzepr::api::rest {

http::Response json_reply(std::string body, int status) {
  return {.status = status, .body = std::move(body)};
}

http::Response no_content(std::optional<std::int64_t> resource_version) {
  http::Response response{.status = 204, .content_type = ""};
  if (resource_version) response.set("ETag", etag_of(*resource_version));
  return response;
}

http::Response made_reply(const Made& made) {
  http::Response response{.status = made.change == service::Change::unchanged ? 200 : 201};
  ObjectText object(response.body);
  object.ulid("data", made.id);
  object.ulid("id", made.id);
  object.close();
  response.set("Location", fmt::format("{}/{}", made.collection, to_string(made.id)));
  response.set("ETag", etag_of(made.resource_version));
  if (made.change == service::Change::replayed) mark_replayed(response);
  return response;
}

void mark_replayed(http::Response& response) { response.set("Idempotency-Replayed", "true"); }

Result<json::Value> read_json(const Exchange& exchange, const json::ParseLimits& limits) {
  if (!exchange.request.body.empty()) return json::parse(exchange.request.body, limits);
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "json_invalid",
                               .detail = "the request has no body",
                               .hint = "send a JSON object"});
}

Result<bool> read_enabled(const Exchange& exchange) {
  const auto body = read_json(exchange);
  if (!body) return std::unexpected(body.error());
  json::ObjectReader reader(*body);
  const auto* given = reader.optional_value("enabled");
  const auto enabled = reader.optional_bool("enabled");
  if (given == nullptr || given->is_null()) reader.add("enabled", "required", "is required");
  auto violations = reader.finish();
  if (!violations.empty()) return std::unexpected(json::request_invalid(std::move(violations)));
  return enabled.value_or(false);
}

std::optional<json::Value> take_member(json::Value& object, std::string_view name) {
  auto* members = object.if_object();
  auto* found = members == nullptr ? nullptr : members->if_contains(name);
  if (found == nullptr) return std::nullopt;
  return std::move(*found);
}

std::optional<std::string> to_owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace xzepr::api::rest

// The answers that several nouns give, and the body that several read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/entity_tags.hpp"
#include "api/exchange.hpp"
#include "base/error.hpp"
#include "base/ulid.hpp"
#include "http/message.hpp"
#include "json/object_reader.hpp"
#include "json/parse.hpp"
#include "json/value.hpp"
#include "service/context.hpp"

namespace xzepr::api::rest {

/// The id or name in the path. A copy: the request is gone when the answer is awaited.
[[nodiscard]] inline std::string reference_of(const Exchange& exchange) {
  return std::string(exchange.path[0]);
}

[[nodiscard]] http::Response json_reply(std::string body, int status = 200);
/// 204, with the new entity tag where there is one.
[[nodiscard]] http::Response no_content(std::optional<std::int64_t> resource_version = std::nullopt);

/// Of a receiver or group: 201 or, when it was there already, 200; with Location and ETag.
struct Made {
  std::string_view collection;  ///< "/api/v1/receivers"
  Ulid id;
  std::int64_t resource_version;
  service::Change change;
};
[[nodiscard]] http::Response made_reply(const Made& made);
void mark_replayed(http::Response& response);

/// The body as a JSON value; "json_invalid" when there is none.
[[nodiscard]] Result<json::Value> read_json(const Exchange& exchange, const json::ParseLimits& limits = {});
/// The body as `parse` reads it.
template <class T>
[[nodiscard]] Result<T> read_body(const Exchange& exchange, Result<T> (*parse)(const json::Value&)) {
  const auto body = read_json(exchange);
  if (!body) return std::unexpected(body.error());
  return parse(*body);
}
/// {"enabled": true|false} and nothing else.
[[nodiscard]] Result<bool> read_enabled(const Exchange& exchange);
/// A member taken out of the object that the reader has read: large values are moved, not copied.
[[nodiscard]] std::optional<json::Value> take_member(json::Value& object, std::string_view name);
[[nodiscard]] std::optional<std::string> to_owned(std::optional<std::string_view> text);

/// A resource with its entity tag, or 304 without a body when the request knows that tag. `append(out)`
/// renders it.
template <class Append>
[[nodiscard]] http::Response tagged_reply(const Exchange& exchange, std::string etag, Append append) {
  http::Response response;
  if (is_not_modified(exchange.request, etag)) {
    response.status = 304;
    response.content_type = "";
  } else {
    append(response.body);
  }
  response.set("ETag", std::move(etag));
  return response;
}

}  // namespace xzepr::api::rest

#include "api/rest/webhook_parse.hpp"

#include "api/rest/reply.hpp"
#include "json/object_reader.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::int64_t keep_hours_standard = 24;

service::MessageFilterRequest read_message_filter(json::ObjectReader& reader) {
  return {.type = to_owned(reader.optional_string("type")),
          .artifact = to_owned(reader.optional_string("artifact")),
          .group = to_owned(reader.optional_string("group")),
          .is_success = reader.optional_bool("success")};
}

std::optional<domain::WebhookHeaders> read_headers(json::ObjectReader& reader) {
  const auto* value = reader.optional_value("headers");
  if (value == nullptr || value->is_null()) return std::nullopt;
  domain::WebhookHeaders headers;
  const auto* object = value->if_object();
  if (object == nullptr) {
    reader.add("headers", "type", "must be an object of names and values");
    return headers;
  }
  for (const auto& member : *object) {
    const auto* text = member.value().if_string();
    if (text == nullptr) {
      reader.add("headers", "type", "must be an object whose values are strings");
    } else {
      headers.emplace_back(std::string_view(member.key().data(), member.key().size()), json::view(*text));
    }
  }
  return headers;
}

void read_position(json::ObjectReader& reader, std::string_view name, std::int64_t& position) {
  const auto given = reader.optional_int(name);
  if (!given) return;
  if (*given < 0) reader.add(name, "minimum", "must be 0 or more");
  position = *given;
}

template <class T>
Result<T> complete(json::ObjectReader& reader, T value) {
  if (auto violations = reader.finish(); !violations.empty())
    return std::unexpected(json::request_invalid(std::move(violations)));
  return value;
}

}  // namespace

Result<service::WebhookRequest> parse_webhook(const json::Value& body) {
  json::ObjectReader reader(body);
  service::WebhookRequest request{.name = std::string(reader.required_string("name")),
                                  .url = std::string(reader.required_string("url"))};
  request.description = reader.optional_string("description").value_or("");
  request.headers = read_headers(reader);
  std::vector<Violation> inner;
  if (const auto* filter = reader.optional_value("filter"); filter != nullptr && !filter->is_null()) {
    json::ObjectReader filter_reader(*filter, "/filter");
    request.filter = read_message_filter(filter_reader);
    inner = filter_reader.finish();
  }
  for (auto& violation : inner) reader.add(std::move(violation));
  return complete(reader, std::move(request));
}

Result<std::chrono::seconds> parse_rotation(const json::Value& body) {
  constexpr std::int64_t hours_max = 30 * 24;
  json::ObjectReader reader(body);
  const auto hours = reader.optional_int("keep_hours").value_or(keep_hours_standard);
  if (hours < 0 || hours > hours_max) reader.add("keep_hours", "range", "must be from 0 to 720");
  return complete(reader, std::chrono::seconds(std::chrono::hours(hours)));
}

Result<ReplayBody> parse_replay(const json::Value& body) {
  json::ObjectReader reader(body);
  ReplayBody replay{.failed = reader.optional_bool("failed").value_or(false)};
  auto& request = replay.request;
  const bool has_after = reader.optional_int("after").has_value();
  read_position(reader, "after", request.after);
  if (reader.optional_int("until")) read_position(reader, "until", request.until.emplace());
  request.filter = read_message_filter(reader);
  const bool has_filter = request.filter.type || request.filter.artifact || request.filter.group ||
                          request.filter.is_success.has_value();
  if (replay.failed && (has_after || request.until || has_filter))
    reader.add("failed", "exclusive", "goes alone: what was given up is known");
  if (!replay.failed && !has_after)
    reader.add("after", "required", "is required: the position to begin behind");
  return complete(reader, std::move(replay));
}

}  // namespace xzepr::api::rest

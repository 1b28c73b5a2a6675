#include "domain/webhook.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/grammar.hpp"
#include "base/limits.hpp"
#include "base/time_text.hpp"
#include "crypto/secret_box.hpp"
#include "json/object_text.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::domain {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && grammar::span(text, grammar::token) == text.size();
}

// Visible ASCII with single spaces or tabs between: no CR, no LF, nothing that two readers take differently.
bool is_field_value(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  if (text.empty() || is_space(text.front()) || is_space(text.back())) return false;
  return std::ranges::all_of(text, [is_space](char c) { return (c > ' ' && c <= '~') || is_space(c); });
}

// What the server writes itself, or what belongs to the connection.
bool is_own_header(std::string_view lower) {
  constexpr std::string_view own[] = {"host",       "content-length", "content-type", "transfer-encoding",
                                      "connection", "user-agent",     "expect",       "upgrade",
                                      "te",         "trailer",        "keep-alive"};
  return lower.starts_with("webhook-") || lower.starts_with("proxy-") ||
         std::ranges::find(own, lower) != std::ranges::end(own);
}

std::string text_of(const WebhookSecrets& secrets) {
  std::string out;
  json::ObjectText object(out);
  object.text("secret", secrets.secret);
  object.text("old_secret", secrets.old_secret);
  object.time("old_secret_until", secrets.old_secret_until);
  object.key("headers");
  json::append_array(out, secrets.headers, [](std::string& text, const auto& header) {
    text += '[';
    json::append_string(text, header.first);
    text += ',';
    json::append_string(text, header.second);
    text += ']';
  });
  object.close();
  return out;
}

std::string string_of(const json::Value& value) { return std::string(json::view(value.as_string())); }

}  // namespace

std::string seal_secrets(std::string_view key, WebhookId id, const WebhookSecrets& secrets) {
  return crypto::seal(key, to_string(id), text_of(secrets));
}

// What is unsealed was written here: of another shape it is a fault of ours, and an exception.
std::optional<WebhookSecrets> unseal_secrets(std::string_view key, WebhookId id, std::string_view sealed) {
  const auto text = crypto::unseal(key, to_string(id), sealed);
  if (!text) return std::nullopt;
  const auto parsed = json::parse(*text);
  if (!parsed) return std::nullopt;
  const auto& object = parsed->as_object();
  WebhookSecrets secrets{.secret = string_of(object.at("secret")),
                         .old_secret = string_of(object.at("old_secret"))};
  if (const auto& until = object.at("old_secret_until"); until.is_string())
    secrets.old_secret_until = parse_time(string_of(until));
  for (const auto& header : object.at("headers").as_array())
    secrets.headers.emplace_back(string_of(header.at(0)), string_of(header.at(1)));
  return secrets;
}

std::optional<std::string> refuse_headers(const WebhookHeaders& headers) {
  if (headers.size() > limits::webhook_headers_max)
    return fmt::format("must not have more than {} headers", limits::webhook_headers_max);
  std::size_t bytes = 0;
  std::vector<std::string> seen;
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) return "the name of a header must be letters, digits and such as - and _";
    if (!is_field_value(value))
      return fmt::format("the value of {} must be visible ASCII, without line breaks or spaces at its ends",
                         name);
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), grammar::to_lower);
    if (is_own_header(lower)) return fmt::format("{} is the server's own to send", name);
    if (std::ranges::find(seen, lower) != seen.end()) return fmt::format("{} is there twice", name);
    bytes += name.size() + value.size();
    seen.push_back(std::move(lower));
  }
  if (bytes > limits::webhook_header_bytes_max)
    return fmt::format("must not be longer than {} bytes together", limits::webhook_header_bytes_max);
  return std::nullopt;
}

std::string_view to_string(DeliveryStatus status) {
  switch (status) {
    case DeliveryStatus::pending: return "pending";
    case DeliveryStatus::delivered: return "delivered";
    case DeliveryStatus::failed: return "failed";
  }
  std::unreachable();
}

std::optional<DeliveryStatus> parse_delivery_status(std::string_view text) {
  for (const auto status : {DeliveryStatus::pending, DeliveryStatus::delivered, DeliveryStatus::failed}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

std::string_view to_string(DeliveryCause cause) {
  switch (cause) {
    case DeliveryCause::message: return "message";
    case DeliveryCause::replay: return "replay";
    case DeliveryCause::test: return "test";
  }
  std::unreachable();
}

WebhookDelivery delivery_of(const JournalRow& row, WebhookId webhook, DeliveryId id, DeliveryCause cause,
                            TimePoint now) {
  return {.id = id,
          .webhook_id = webhook,
          .cause = cause,
          .position = row.position,
          .message_id = row.id,
          .kind = row.kind,
          .key = message_key(row),
          .created_at = now};
}

std::string render_test_message(const WebhookDelivery& test) {
  std::string out;
  json::ObjectText object(out);
  object.ulid("id", test.message_id);
  object.text("specversion", "1.0");
  object.text("type", "xzepr.webhook.test");
  object.text("source", "xzepr");
  object.time("time", test.created_at);
  object.text("subject", to_string(test.webhook_id));
  object.text("datacontenttype", "application/json");
  object.text("kind", "webhook.test");
  object.flag("success", true);
  object.json("data", R"({"events":[],"event_receivers":[],"event_receiver_groups":[]})");
  object.close();
  return out;
}

}  // namespace xzepr::domain

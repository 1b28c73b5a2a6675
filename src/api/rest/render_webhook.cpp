#include "api/rest/render_webhook.hpp"

#include "api/rest/object_text.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

void add_optional_text(ObjectText& object, std::string_view name, const std::optional<std::string>& value) {
  if (value) {
    object.text(name, *value);
  } else {
    object.null(name);
  }
}

void append_message_filter(std::string& out, const domain::MessageFilter& filter) {
  ObjectText object(out);
  add_optional_text(object, "type", filter.type);
  add_optional_text(object, "artifact", filter.artifact);
  object.id("group", filter.group);
  if (filter.is_success) {
    object.flag("success", *filter.is_success);
  } else {
    object.null("success");
  }
  object.close();
}

void add_webhook(std::string& out, ObjectText& object, const service::WebhookView& view) {
  const auto& webhook = view.webhook;
  object.id("id", webhook.id);
  object.text("name", webhook.name);
  object.text("url", webhook.url);
  object.text("description", webhook.description);
  object.key("filter");
  append_message_filter(out, webhook.filter);
  object.key("header_names");
  append_array(out, view.header_names, json::append_string);
  object.flag("enabled", webhook.enabled);
  object.text("disabled_reason", webhook.disabled_reason);
  object.time("failing_since", webhook.failing_since);
  object.number("from_position", webhook.from_position);
  object.time("old_secret_until", view.old_secret_until);
  object.text("owner_id", webhook.owner.text);
  object.number("resource_version", webhook.resource_version);
  object.time("created_at", webhook.created_at);
  object.time("updated_at", webhook.updated_at);
}

}  // namespace

void append_webhook(std::string& out, const service::WebhookView& view) {
  ObjectText object(out);
  add_webhook(out, object, view);
  object.close();
}

void append_webhook_secret(std::string& out, const service::WebhookSecret& made) {
  ObjectText object(out);
  add_webhook(out, object, made.view);
  object.text("secret", made.secret);
  object.close();
}

void append_delivery(std::string& out, const domain::WebhookDelivery& delivery) {
  const bool is_test = delivery.cause == domain::DeliveryCause::test;
  ObjectText object(out);
  object.id("id", delivery.id);
  object.ulid("message_id", delivery.message_id);
  object.text("cause", domain::to_string(delivery.cause));
  if (is_test) {
    object.null("position");
  } else {
    object.number("position", delivery.position);
  }
  object.text("kind", is_test ? "webhook.test" : domain::message_kind(delivery.kind));
  object.text("status", domain::to_string(delivery.status));
  object.number("attempts", delivery.attempts);
  object.time("created_at", delivery.created_at);
  object.time("next_at", delivery.next_at);
  object.time("finished_at", delivery.finished_at);
  if (delivery.last_status == 0) {
    object.null("last_status");
  } else {
    object.number("last_status", delivery.last_status);
  }
  object.text("last_error", delivery.last_error);
  object.number("last_took_ms", delivery.last_took.count());
  object.close();
}

void append_replay_progress(std::string& out, const service::ReplayProgress& progress) {
  ObjectText object(out);
  object.number("queued", static_cast<std::int64_t>(progress.queued));
  object.number("position", progress.position);
  object.number("until", progress.until);
  object.flag("has_more", progress.has_more);
  object.close();
}

}  // namespace xzepr::api::rest

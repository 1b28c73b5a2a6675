#include <array>

#include "api/rest/schemas.hpp"
#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

using schema::Need;

constexpr std::string_view about_type = "Exactly this type, of the receiver or group.";
constexpr std::string_view about_artifact =
    "Artifacts that this matches, as name@version+release/platform_id/package; * is any text, ? any "
    "character.";

json::Value new_webhook_filter() {
  return schema::request(
      "Which messages. Each member that is given must match; without any, all do.",
      {{"type", schema::nullable(schema::line(1, limits::name_length_max)), about_type, Need::optional},
       {"artifact", schema::nullable(schema::line(1, limits::name_length_max)), about_artifact,
        Need::optional},
       {"group", schema::nullable(schema::text(1)), "Messages about this group: id, name or name@version.",
        Need::optional},
       {"success", schema::nullable(schema::flag()), "Messages of what passed, or of what failed.",
        Need::optional}});
}

json::Value webhook_filter() {
  return schema::answer("", {{"type", schema::nullable(schema::text()), ""},
                             {"artifact", schema::nullable(schema::text()), ""},
                             {"group", schema::nullable(schema::id()), ""},
                             {"success", schema::nullable(schema::flag()), ""}});
}

json::Value new_webhook() {
  return schema::with_example(
      schema::request(
          "An endpoint that is told of messages, signed by Standard Webhooks.",
          {{"name", schema::line(1, limits::name_length_max), "Of this webhook only."},
           {"url", schema::text(1, limits::webhook_url_length_max),
            "https, of a public address unless the server is configured to allow others."},
           {"description", schema::text(0, limits::description_length_max), "", Need::optional},
           {"filter", schema::nullable(schema::ref("NewWebhookFilter")), "", Need::optional},
           {"headers", schema::nullable(schema::map_of(schema::text(1))),
            "Sent with each message, such as Authorization; never shown again. Left out: as they are.",
            Need::optional}}),
      json::Object{{"name", "deploy"},
                   {"url", "https://deploy.example.com/hooks/xzepr"},
                   {"filter", json::Object{{"group", "ready-to-ship"}}}});
}

std::vector<schema::Member> webhook_members() {
  return {{"id", schema::id(), ""},
          {"name", schema::text(), ""},
          {"url", schema::text(), ""},
          {"description", schema::text(), ""},
          {"filter", schema::ref("WebhookFilter"), ""},
          {"header_names", schema::list_of(schema::text()),
           "What is sent with each message; values are not shown."},
          {"enabled", schema::flag(), ""},
          {"disabled_reason", schema::text(), "Why the server disabled it; empty when a person did."},
          {"failing_since", schema::nullable(schema::time()),
           "Every attempt since then has failed; after 5 days it is disabled."},
          {"from_position", schema::integer(0), "Of the journal: it is told of what comes after."},
          {"old_secret_until", schema::nullable(schema::time()), "Two secrets sign until then."},
          {"owner_id", schema::text(), ""},
          {"resource_version", schema::integer(1), ""},
          {"created_at", schema::time(), ""},
          {"updated_at", schema::time(), ""}};
}

json::Value webhook() { return schema::answer("", webhook_members()); }

json::Value webhook_secret() {
  auto members = webhook_members();
  members.push_back({"secret", schema::pattern("^whsec_[0-9A-Za-z+/]+=*$"),
                     "Shown once: what the receiver verifies with."});
  return schema::answer("", std::move(members));
}

json::Value webhook_page() { return schema::page_of("Webhook"); }

json::Value secret_rotation() {
  return schema::with_example(
      schema::request("", {{"keep_hours", schema::with_default(schema::integer(0, 720), 24),
                            "How long the present secret signs beside the new one.", Need::optional}}),
      json::Object{{"keep_hours", 24}});
}

json::Value delivery() {
  return schema::answer(
      "One message for one webhook.",
      {{"id", schema::id(), ""},
       {"message_id", schema::id(), "The webhook-id that it is sent with."},
       {"cause", schema::choice({"message", "replay", "test"}), ""},
       {"position", schema::nullable(schema::integer(1)), "Of its row in the journal; null for a test."},
       {"kind", schema::text(), "event.created and the like; webhook.test for a test."},
       {"status", schema::choice({"pending", "delivered", "failed"}), "failed: given up."},
       {"attempts", schema::integer(0), "Begun so far."},
       {"created_at", schema::time(), ""},
       {"next_at", schema::nullable(schema::time()),
        "The next attempt; null: none, or an earlier message of its artifact comes first."},
       {"finished_at", schema::nullable(schema::time()), ""},
       {"last_status", schema::nullable(schema::integer(100)),
        "Of HTTP, at the last attempt; null: there was no answer."},
       {"last_error", schema::text(), "What was wrong at the last attempt."},
       {"last_took_ms", schema::integer(0), ""}});
}

json::Value delivery_page() { return schema::page_of("Delivery"); }

json::Value webhook_replay() {
  return schema::with_example(
      schema::request(
          "What to send again: the rows after a position that match, or with failed all that was given up.",
          {{"after", schema::integer(0), "The position to begin behind; required unless failed.",
            Need::optional},
           {"until", schema::nullable(schema::integer(0)), "The last position; left out: the newest.",
            Need::optional},
           {"failed", schema::flag(), "What was given up, and nothing else.", Need::optional},
           {"type", schema::nullable(schema::line(1, limits::name_length_max)), about_type, Need::optional},
           {"artifact", schema::nullable(schema::line(1, limits::name_length_max)), about_artifact,
            Need::optional},
           {"group", schema::nullable(schema::text(1)), "Messages about this group.", Need::optional},
           {"success", schema::nullable(schema::flag()), "", Need::optional}}),
      json::Object{{"after", 0}, {"artifact", "my-app@*"}});
}

json::Value replay_progress() {
  return schema::answer(
      "A replay goes in steps.",
      {{"queued", schema::integer(0), "Deliveries that this step has begun."},
       {"position", schema::integer(0), "Looked at up to here."},
       {"until", schema::integer(0), ""},
       {"has_more", schema::flag(), "Ask again, with after = position and the same until."}});
}

constexpr auto webhook_schema_table = std::to_array<NamedSchema>({{"NewWebhook", new_webhook},
                                                                  {"NewWebhookFilter", new_webhook_filter},
                                                                  {"Webhook", webhook},
                                                                  {"WebhookFilter", webhook_filter},
                                                                  {"WebhookSecret", webhook_secret},
                                                                  {"WebhookPage", webhook_page},
                                                                  {"SecretRotation", secret_rotation},
                                                                  {"Delivery", delivery},
                                                                  {"DeliveryPage", delivery_page},
                                                                  {"WebhookReplay", webhook_replay},
                                                                  {"ReplayProgress", replay_progress}});

}  // namespace

std::span<const NamedSchema> webhook_schemas() { return webhook_schema_table; }

}  // namespace xzepr::api::rest

#include "store/postgres/webhook_rows.hpp"

namespace xzepr::store::postgres {
namespace {

using domain::Webhook;
using domain::WebhookDelivery;

constexpr Statement put_webhook_sql{"put_webhook", R"(
INSERT INTO webhooks (id, name, url, description, filter_type, filter_artifact, filter_group_id, filter_success, sealed,
  enabled, disabled_reason, failing_since, from_position, owner_id, resource_version, created_at, updated_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::uuid, $8::boolean, $9::bytea, $10::boolean,
  $11::text, $12::timestamptz,
  CASE WHEN $13::bigint < 0 THEN (SELECT position FROM journal_head WHERE id = 1) ELSE $13::bigint END,
  $14::text, $15::bigint, $16::timestamptz, $17::timestamptz)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, url = EXCLUDED.url, description = EXCLUDED.description,
  filter_type = EXCLUDED.filter_type, filter_artifact = EXCLUDED.filter_artifact,
  filter_group_id = EXCLUDED.filter_group_id, filter_success = EXCLUDED.filter_success, sealed = EXCLUDED.sealed,
  enabled = EXCLUDED.enabled, disabled_reason = EXCLUDED.disabled_reason, failing_since = EXCLUDED.failing_since,
  from_position = EXCLUDED.from_position, resource_version = EXCLUDED.resource_version,
  updated_at = EXCLUDED.updated_at)"};
constexpr Statement delete_webhook_sql{"delete_webhook", R"(
UPDATE webhooks SET deleted_at = $2::timestamptz WHERE id = $1::uuid AND deleted_at IS NULL)"};

std::optional<std::string> optional_text(const Rows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.text(row, column);
}

void add_optional_text(Params& params, const std::optional<std::string>& text) {
  if (text) {
    params.text(*text);
  } else {
    params.null();
  }
}

}  // namespace

Webhook webhook_of(const Rows& rows, int row) {
  Webhook webhook{.id = rows.id<domain::WebhookId>(row, 0),
                  .name = rows.text(row, 1),
                  .url = rows.text(row, 2),
                  .description = rows.text(row, 3),
                  .filter = {.type = optional_text(rows, row, 4),
                             .artifact = optional_text(rows, row, 5),
                             .group = rows.optional_id<GroupId>(row, 6)},
                  .sealed = rows.text(row, 8),
                  .enabled = rows.boolean(row, 9),
                  .disabled_reason = rows.text(row, 10),
                  .failing_since = rows.optional_time(row, 11),
                  .from_position = rows.int8(row, 12),
                  .owner = {rows.text(row, 13)},
                  .resource_version = rows.int8(row, 14),
                  .created_at = rows.time(row, 15),
                  .updated_at = rows.time(row, 16)};
  if (!rows.is_null(row, 7)) webhook.filter.is_success = rows.boolean(row, 7);
  return webhook;
}

WebhookDelivery webhook_delivery_of(const Rows& rows, int row) {
  return {.id = rows.id<domain::DeliveryId>(row, 0),
          .webhook_id = rows.id<domain::WebhookId>(row, 1),
          .cause = static_cast<domain::DeliveryCause>(rows.int2(row, 2)),
          .position = rows.is_null(row, 3) ? 0 : rows.int8(row, 3),
          .message_id = Ulid{rows.uuid(row, 4)},
          .kind = static_cast<domain::JournalKind>(rows.int2(row, 5)),
          .key = rows.text(row, 6),
          .status = static_cast<domain::DeliveryStatus>(rows.int2(row, 7)),
          .attempts = rows.int8(row, 8),
          .claims = rows.int8(row, 9),
          .created_at = rows.time(row, 10),
          .next_at = rows.optional_time(row, 11),
          .finished_at = rows.optional_time(row, 12),
          .last_status = rows.int8(row, 13),
          .last_error = rows.text(row, 14),
          .last_took = std::chrono::milliseconds{rows.int8(row, 15)}};
}

Call put_webhook(const Webhook& webhook) {
  const auto& filter = webhook.filter;
  auto made = call_of(put_webhook_sql);
  auto& params = made.params;
  params.id(webhook.id).text(webhook.name).text(webhook.url).text(webhook.description);
  add_optional_text(params, filter.type);
  add_optional_text(params, filter.artifact);
  params.optional_id(filter.group);
  if (filter.is_success) {
    params.boolean(*filter.is_success);
  } else {
    params.null();
  }
  params.bytes(webhook.sealed).boolean(webhook.enabled).text(webhook.disabled_reason);
  params.optional_time(webhook.failing_since).int8(webhook.from_position).text(webhook.owner.text);
  params.int8(webhook.resource_version).time(webhook.created_at).time(webhook.updated_at);
  return made;
}

Call delete_webhook(const DeleteWebhook& gone) {
  auto made = call_of(delete_webhook_sql);
  made.params.id(gone.id).time(gone.at);
  return made;
}

}  // namespace xzepr::store::postgres

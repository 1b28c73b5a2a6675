// Webhooks and their deliveries as columns of a SELECT, and back.
#pragma once

#include <string_view>

#include "domain/webhook.hpp"
#include "store/catalogue_store.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/rows.hpp"

namespace xzepr::store::postgres {

/// Of a table without a name of its own.
inline constexpr std::string_view webhook_columns =
    "id, name, url, description, filter_type, filter_artifact, filter_group_id, filter_success, sealed, "
    "enabled, "
    "disabled_reason, failing_since, from_position, owner_id, resource_version, created_at, updated_at";
[[nodiscard]] domain::Webhook webhook_of(const Rows& rows, int row);

/// Of a table named d.
inline constexpr std::string_view delivery_columns =
    "d.id, d.webhook_id, d.cause, d.position, d.message_id, d.kind, d.key, d.status, d.attempts, d.claims, "
    "d.created_at, "
    "d.next_at, d.finished_at, d.last_status, d.last_error, d.last_took_ms";
[[nodiscard]] domain::WebhookDelivery webhook_delivery_of(const Rows& rows, int row);

/// For the transaction of a change of the catalogue, under the head's lock.
[[nodiscard]] Call put_webhook(const domain::Webhook& webhook);
[[nodiscard]] Call delete_webhook(const DeleteWebhook& gone);

}  // namespace xzepr::store::postgres

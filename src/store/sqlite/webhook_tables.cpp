#include "store/sqlite/webhook_tables.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {
namespace {

using domain::DeliveryStatus;
using domain::Webhook;
using domain::WebhookDelivery;

constexpr std::string_view webhook_columns =
    "id, name, url, description, filter_type, filter_artifact, filter_group_id, filter_success, sealed, "
    "enabled, "
    "disabled_reason, failing_since, from_position, owner_id, resource_version, created_at, updated_at";
constexpr std::string_view delivery_columns =
    "id, webhook_id, cause, position, message_id, kind, key, status, attempts, claims, created_at, next_at, "
    "finished_at, "
    "last_status, last_error, last_took_ms";
constexpr std::string_view delivery_values = "?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, ?8, NULL, NULL, 0, '', 0";

std::optional<std::string> optional_text(const Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return rows.text(column);
}

Webhook read_webhook(const Rows& rows) {
  Webhook webhook{.id = rows.id<domain::WebhookId>(0),
                  .name = rows.text(1),
                  .url = rows.text(2),
                  .description = rows.text(3),
                  .filter = {.type = optional_text(rows, 4),
                             .artifact = optional_text(rows, 5),
                             .group = rows.optional_id<GroupId>(6)},
                  .sealed = rows.text(8),
                  .enabled = rows.boolean(9),
                  .disabled_reason = rows.text(10),
                  .failing_since = rows.optional_time(11),
                  .from_position = rows.integer(12),
                  .owner = {rows.text(13)},
                  .resource_version = rows.integer(14),
                  .created_at = rows.time(15),
                  .updated_at = rows.time(16)};
  if (!rows.is_null(7)) webhook.filter.is_success = rows.boolean(7);
  return webhook;
}

WebhookDelivery read_delivery(const Rows& rows) {
  return {.id = rows.id<domain::DeliveryId>(0),
          .webhook_id = rows.id<domain::WebhookId>(1),
          .cause = static_cast<domain::DeliveryCause>(rows.integer(2)),
          .position = rows.is_null(3) ? 0 : rows.integer(3),
          .message_id = rows.ulid(4),
          .kind = static_cast<domain::JournalKind>(rows.integer(5)),
          .key = rows.text(6),
          .status = static_cast<DeliveryStatus>(rows.integer(7)),
          .attempts = rows.integer(8),
          .claims = rows.integer(9),
          .created_at = rows.time(10),
          .next_at = rows.optional_time(11),
          .finished_at = rows.optional_time(12),
          .last_status = rows.integer(13),
          .last_error = rows.text(14),
          .last_took = std::chrono::milliseconds{rows.integer(15)}};
}

template <class T, class Read>
std::vector<T> read_all(Rows rows, Read read) {
  std::vector<T> all;
  while (rows.next()) all.push_back(read(rows));
  return all;
}

template <class T, class Read>
std::optional<T> read_one(Rows rows, Read read) {
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

std::string webhooks_sql(std::string_view rest) {
  return fmt::format("SELECT {} FROM webhooks WHERE deleted_at IS NULL AND {}", webhook_columns, rest);
}

std::string deliveries_sql(std::string_view rest) {
  return fmt::format("SELECT {} FROM webhook_deliveries WHERE {}", delivery_columns, rest);
}

// An id is below this one.
const std::array<std::uint8_t, 16> last_id = [] {
  std::array<std::uint8_t, 16> bytes{};
  bytes.fill(0xFF);
  return bytes;
}();

const std::array<std::uint8_t, 16>& before(const std::optional<domain::DeliveryId>& after) {
  return after ? after->value.bytes : last_id;
}

std::optional<std::int64_t> position_of(const WebhookDelivery& delivery) {
  return delivery.position == 0 ? std::nullopt : std::optional(delivery.position);
}

}  // namespace

WebhookReader::WebhookReader(Connection& connection)
    : list_(connection, webhooks_sql("id >= x'' ORDER BY id DESC LIMIT ?")),
      older_(connection, webhooks_sql("id < ? ORDER BY id DESC LIMIT ?")),
      count_(connection, "SELECT count(*) FROM webhooks WHERE id >= x'' AND deleted_at IS NULL"),
      find_(connection, webhooks_sql("id = ?")),
      find_by_name_(connection, webhooks_sql("name = ?")),
      deliveries_(connection, deliveries_sql("webhook_id = ? AND id < ? ORDER BY id DESC LIMIT ?")),
      deliveries_of_status_(
          connection, deliveries_sql("webhook_id = ? AND status = ? AND id < ? ORDER BY id DESC LIMIT ?")),
      count_deliveries_(connection, "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ?"),
      count_of_status_(connection,
                       "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ? AND status = ?"),
      find_delivery_(connection, deliveries_sql("id = ?")),
      enabled_(connection, "SELECT id FROM webhooks WHERE id >= x'' AND enabled AND deleted_at IS NULL"),
      next_due_(connection,
                "SELECT next_at FROM webhook_deliveries WHERE webhook_id = ? AND next_at IS NOT NULL "
                "ORDER BY next_at LIMIT 1") {}

std::vector<Webhook> WebhookReader::list_webhooks(std::optional<domain::WebhookId> after, std::size_t limit) {
  return read_all<Webhook>(after ? older_.query(*after, limit) : list_.query(limit), read_webhook);
}

std::uint64_t WebhookReader::count_webhooks() {
  auto rows = count_.query();
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::optional<Webhook> WebhookReader::find_webhook(domain::WebhookId id) {
  return read_one<Webhook>(find_.query(id), read_webhook);
}

std::optional<Webhook> WebhookReader::find_webhook(const std::string& name) {
  return read_one<Webhook>(find_by_name_.query(name), read_webhook);
}

std::vector<WebhookDelivery> WebhookReader::list_deliveries(const DeliveryQuery& query) {
  const auto& end = before(query.after);
  if (!query.status)
    return read_all<WebhookDelivery>(deliveries_.query(query.webhook, end, query.limit), read_delivery);
  const auto status = static_cast<int>(*query.status);
  return read_all<WebhookDelivery>(deliveries_of_status_.query(query.webhook, status, end, query.limit),
                                   read_delivery);
}

std::uint64_t WebhookReader::count_deliveries(const DeliveryQuery& query) {
  auto rows = query.status ? count_of_status_.query(query.webhook, static_cast<int>(*query.status))
                           : count_deliveries_.query(query.webhook);
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::optional<WebhookDelivery> WebhookReader::find_delivery(domain::DeliveryId id) {
  return read_one<WebhookDelivery>(find_delivery_.query(id), read_delivery);
}

std::optional<TimePoint> WebhookReader::next_due(const std::vector<domain::WebhookId>& except) {
  std::vector<domain::WebhookId> ids;
  for (auto rows = enabled_.query(); rows.next();) ids.push_back(rows.id<domain::WebhookId>(0));
  std::optional<TimePoint> first;
  for (const auto id : ids) {
    if (std::ranges::find(except, id) != except.end()) continue;
    auto rows = next_due_.query(id);
    if (rows.next() && (!first || rows.time(0) < *first)) first = rows.time(0);
  }
  return first;
}

WebhookWriter::WebhookWriter(Connection& connection, const Clock& clock)
    : connection_(connection),
      clock_(clock),
      move_(
          connection,
          "UPDATE sinks SET position = ?1 WHERE name = ?2 AND epoch = ?3 AND position <= ?1 RETURNING epoch"),
      insert_(connection,
              fmt::format("INSERT INTO webhook_deliveries ({}) SELECT {} "
                          "WHERE EXISTS (SELECT 1 FROM webhooks WHERE id = ?2 AND deleted_at IS NULL) "
                          "ON CONFLICT (webhook_id, position) DO NOTHING RETURNING id",
                          delivery_columns, delivery_values)),
      replay_(connection,
              fmt::format(
                  "INSERT INTO webhook_deliveries ({}) SELECT {} "
                  "WHERE EXISTS (SELECT 1 FROM webhooks WHERE id = ?2 AND deleted_at IS NULL) "
                  "ON CONFLICT (webhook_id, position) DO UPDATE SET status = 0, attempts = 0, cause = ?3, "
                  "finished_at = NULL, last_status = 0, last_error = '' WHERE status <> 0 RETURNING id",
                  delivery_columns, delivery_values)),
      replay_failed_(connection,
                     "UPDATE webhook_deliveries SET status = 0, attempts = 0, cause = ?1, finished_at = NULL "
                     "WHERE id IN (SELECT id FROM webhook_deliveries WHERE webhook_id = ?2 AND status = 2 "
                     "AND position IS NOT NULL ORDER BY id LIMIT ?3) RETURNING key"),
      // Told which index: whatever else begins with the webhook is as long as its backlog.
      promote_(connection,
               "UPDATE webhook_deliveries SET next_at = ?3 WHERE id = (SELECT id FROM webhook_deliveries "
               "INDEXED BY idx_webhook_deliveries_key "
               "WHERE webhook_id = ?1 AND key = ?2 AND status = 0 ORDER BY position LIMIT 1) "
               "AND NOT EXISTS (SELECT 1 FROM webhook_deliveries INDEXED BY idx_webhook_deliveries_head "
               "WHERE webhook_id = ?1 AND key = ?2 AND next_at IS NOT NULL)"),
      claim_(connection,
             fmt::format("UPDATE webhook_deliveries SET attempts = attempts + 1, claims = claims + 1, "
                         "next_at = ?1 WHERE id IN ("
                         "SELECT d.id FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id "
                         "WHERE w.id = ?2 AND w.enabled AND w.deleted_at IS NULL AND d.next_at <= ?3 "
                         "ORDER BY d.next_at LIMIT ?4) RETURNING {}",
                         delivery_columns)),
      settle_(connection,
              "UPDATE webhook_deliveries SET status = ?1, next_at = ?2, finished_at = ?3, last_status = ?4, "
              "last_error = ?5, last_took_ms = ?6, attempts = attempts - ?9 WHERE id = ?7 AND claims = ?8 "
              "AND status = 0 RETURNING id"),
      works_(connection,
             "UPDATE webhooks SET failing_since = NULL WHERE id = ? AND failing_since IS NOT NULL"),
      fails_(connection, "UPDATE webhooks SET failing_since = ? WHERE id = ? AND failing_since IS NULL"),
      disable_(connection,
               "UPDATE webhooks SET enabled = 0, disabled_reason = ?, updated_at = ?, resource_version = "
               "resource_version + 1 WHERE id = ? AND enabled AND deleted_at IS NULL RETURNING id"),
      remove_finished_(connection,
                       "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries "
                       "WHERE finished_at < ? ORDER BY finished_at LIMIT ?) RETURNING id"),
      remove_orphans_(connection,
                      "DELETE FROM webhook_deliveries WHERE id IN (SELECT d.id FROM webhooks w "
                      "JOIN webhook_deliveries d ON d.webhook_id = w.id "
                      "WHERE w.id >= x'' AND w.deleted_at IS NOT NULL LIMIT ?) RETURNING id"),
      remove_deleted_(connection,
                      "DELETE FROM webhooks WHERE id >= x'' AND deleted_at IS NOT NULL AND NOT EXISTS ("
                      "SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id) RETURNING id") {}

bool WebhookWriter::store(Statement& statement, const WebhookDelivery& delivery) {
  const auto position = position_of(delivery);
  return statement
      .query(delivery.id, delivery.webhook_id, static_cast<int>(delivery.cause), position,
             delivery.message_id, static_cast<int>(delivery.kind), delivery.key, delivery.created_at)
      .next();
}

// Does nothing while one of the key is due.
void WebhookWriter::promote(domain::WebhookId webhook, const std::string& key) {
  promote_.execute(webhook, key, clock_.now());
}

bool WebhookWriter::feed(const SinkDriver& driver, std::int64_t position,
                         const std::vector<WebhookDelivery>& deliveries) {
  Transaction transaction(connection_);
  const bool is_mine = move_.query(position, driver.sink, driver.epoch).next();
  if (is_mine) {
    for (const auto& delivery : deliveries) {
      if (store(insert_, delivery)) promote(delivery.webhook_id, delivery.key);
    }
  }
  transaction.commit();
  return is_mine;
}

std::uint64_t WebhookWriter::replay(const std::vector<WebhookDelivery>& deliveries) {
  Transaction transaction(connection_);
  std::uint64_t begun = 0;
  for (const auto& delivery : deliveries) {
    if (!store(replay_, delivery)) continue;
    ++begun;
    promote(delivery.webhook_id, delivery.key);
  }
  transaction.commit();
  return begun;
}

std::uint64_t WebhookWriter::replay_failed(domain::WebhookId webhook, std::size_t limit) {
  Transaction transaction(connection_);
  std::vector<std::string> keys;
  {
    auto rows = replay_failed_.query(static_cast<int>(domain::DeliveryCause::replay), webhook, limit);
    while (rows.next()) keys.push_back(rows.text(0));
  }
  for (const auto& key : keys) promote(webhook, key);
  transaction.commit();
  return keys.size();
}

std::vector<WebhookDelivery> WebhookWriter::claim(const std::vector<DeliveryRoom>& rooms,
                                                  std::chrono::milliseconds lease) {
  const auto now = clock_.now();
  Transaction transaction(connection_);
  std::vector<WebhookDelivery> claimed;
  for (const auto& room : rooms) {
    auto rows = claim_.query(now + lease, room.webhook, now, room.attempts);
    while (rows.next()) claimed.push_back(read_delivery(rows));
  }
  transaction.commit();
  return claimed;
}

void WebhookWriter::note(const AttemptOutcome& outcome) {
  if (!outcome.works) return;
  if (*outcome.works) {
    works_.execute(outcome.webhook);
  } else {
    fails_.execute(clock_.now(), outcome.webhook);
  }
}

void WebhookWriter::settle(const std::vector<AttemptOutcome>& outcomes) {
  const auto now = clock_.now();
  Transaction transaction(connection_);
  for (const auto& outcome : outcomes) {
    const bool is_over = outcome.status != DeliveryStatus::pending;
    const auto next_at = is_over ? std::nullopt : std::optional<TimePoint>(now + outcome.next_in);
    const auto finished_at = is_over ? std::optional<TimePoint>(now) : std::nullopt;
    const bool is_last =
        settle_
            .query(static_cast<int>(outcome.status), next_at, finished_at, outcome.http_status, outcome.error,
                   static_cast<std::int64_t>(outcome.took.count()), outcome.delivery, outcome.claim,
                   outcome.is_begun ? 0 : 1)
            .next();
    if (is_last && is_over) promote(outcome.webhook, outcome.key);
    if (is_last) note(outcome);
  }
  transaction.commit();
}

bool WebhookWriter::disable(domain::WebhookId id, const std::string& reason) {
  Transaction transaction(connection_);
  const bool is_done = disable_.query(reason, clock_.now(), id).next();
  transaction.commit();
  return is_done;
}

std::uint64_t WebhookWriter::remove_old_deliveries(TimePoint end, std::size_t limit) {
  Transaction transaction(connection_);
  std::uint64_t removed = 0;
  for (auto rows = remove_finished_.query(end, limit); rows.next();) ++removed;
  for (auto rows = remove_orphans_.query(limit); rows.next();) ++removed;
  for (auto rows = remove_deleted_.query(); rows.next();) ++removed;
  transaction.commit();
  return removed;
}

void put_webhook(Connection& connection, const Webhook& webhook) {
  const auto& filter = webhook.filter;
  const std::span sealed(reinterpret_cast<const std::uint8_t*>(webhook.sealed.data()), webhook.sealed.size());
  Statement(connection,
            fmt::format("INSERT INTO webhooks ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                        "iif(?13 < 0, (SELECT position FROM journal_head WHERE one = 1), ?13), ?, ?, ?, ?) "
                        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, "
                        "description = excluded.description, filter_type = excluded.filter_type, "
                        "filter_artifact = excluded.filter_artifact, filter_group_id = "
                        "excluded.filter_group_id, filter_success = excluded.filter_success, sealed = "
                        "excluded.sealed, enabled = excluded.enabled, disabled_reason = "
                        "excluded.disabled_reason, failing_since = excluded.failing_since, from_position = "
                        "excluded.from_position, resource_version = excluded.resource_version, updated_at = "
                        "excluded.updated_at",
                        webhook_columns))
      .execute(webhook.id, webhook.name, webhook.url, webhook.description, filter.type, filter.artifact,
               filter.group, filter.is_success, sealed, webhook.enabled, webhook.disabled_reason,
               webhook.failing_since, webhook.from_position, webhook.owner.text, webhook.resource_version,
               webhook.created_at, webhook.updated_at);
}

}  // namespace xzepr::store::sqlite

#include "store/postgres/webhook_store.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/postgres/webhook_rows.hpp"

namespace xzepr::store::postgres {
namespace {

using domain::DeliveryStatus;
using domain::Webhook;
using domain::WebhookDelivery;

std::string webhooks_text(std::string_view rest) {
  return fmt::format("SELECT {} FROM webhooks WHERE deleted_at IS NULL AND {}", webhook_columns, rest);
}
std::string deliveries_text(std::string_view rest) {
  return fmt::format("SELECT {} FROM webhook_deliveries AS d WHERE {}", delivery_columns, rest);
}

const std::string list_text = webhooks_text("id <= $2::uuid ORDER BY id DESC LIMIT $1::bigint");
const Statement list_webhooks_sql{"list_webhooks", list_text.c_str()};
const std::string older_text = webhooks_text("id < $2::uuid ORDER BY id DESC LIMIT $1::bigint");
const Statement older_webhooks_sql{"older_webhooks", older_text.c_str()};
constexpr Statement count_webhooks_sql{"count_webhooks",
                                       "SELECT count(*) FROM webhooks WHERE deleted_at IS NULL"};
const std::string find_text = webhooks_text("id = $1::uuid");
const Statement find_webhook_sql{"find_webhook", find_text.c_str()};
const std::string find_by_name_text = webhooks_text("name = $1::text");
const Statement find_by_name_sql{"find_webhook_by_name", find_by_name_text.c_str()};

const std::string deliveries_list_text =
    deliveries_text("d.webhook_id = $1::uuid AND d.id < $2::uuid ORDER BY d.id DESC LIMIT $3::bigint");
const Statement deliveries_sql{"list_deliveries", deliveries_list_text.c_str()};
const std::string of_status_text = deliveries_text(
    "d.webhook_id = $1::uuid AND d.status = $4::bigint AND d.id < $2::uuid ORDER BY d.id DESC LIMIT "
    "$3::bigint");
const Statement of_status_sql{"list_deliveries_of_status", of_status_text.c_str()};
constexpr Statement count_deliveries_sql{
    "count_deliveries", "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1::uuid"};
constexpr Statement count_of_status_sql{
    "count_deliveries_of_status",
    "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1::uuid AND status = $2::bigint"};
const std::string find_delivery_text = deliveries_text("d.id = $1::uuid");
const Statement find_delivery_sql{"find_delivery", find_delivery_text.c_str()};

constexpr Statement lock_webhooks_sql{"lock_webhooks", R"(
SELECT id FROM webhooks WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE)"};
constexpr Statement move_sql{"move_webhooks_sink", R"(
UPDATE sinks SET position = $3::bigint
WHERE name = $1::text AND epoch = $2::bigint AND position <= $3::bigint RETURNING true)"};

// The sink's row is locked by the statement before when it is the driver's.
constexpr std::string_view new_deliveries_text = R"(
INSERT INTO webhook_deliveries AS d (id, webhook_id, cause, position, message_id, kind, key, status, attempts, claims, created_at,
  last_status, last_error, last_took_ms)
SELECT n.id, n.webhook_id, n.cause, nullif(n.position, 0), n.message_id, n.kind, n.key, 0, 0, 0, n.created_at, 0, '', 0
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bigint[], $7::text[], $8::timestamptz[])
  AS n (id, webhook_id, cause, position, message_id, kind, key, created_at)
JOIN webhooks AS w ON w.id = n.webhook_id AND w.deleted_at IS NULL)";
const std::string insert_text = fmt::format(R"({}
WHERE EXISTS (SELECT FROM sinks WHERE name = $9::text AND epoch = $10::bigint)
ON CONFLICT (webhook_id, position) DO NOTHING)",
                                            new_deliveries_text);
const Statement insert_sql{"feed_webhooks", insert_text.c_str()};
const std::string replay_text = fmt::format(R"({}
WHERE true ON CONFLICT (webhook_id, position) DO UPDATE SET status = 0, attempts = 0, cause = EXCLUDED.cause,
  finished_at = NULL, last_status = 0, last_error = '' WHERE d.status <> 0 RETURNING true)",
                                            new_deliveries_text);
const Statement replay_sql{"replay_webhook", replay_text.c_str()};
constexpr Statement failed_sql{"failed_deliveries", R"(
SELECT id, key FROM webhook_deliveries WHERE webhook_id = $1::uuid AND status = 2 AND position IS NOT NULL
ORDER BY id LIMIT $2::bigint)"};
constexpr std::string_view replay_failed_sql = R"(
UPDATE webhook_deliveries SET status = 0, attempts = 0, cause = 2, finished_at = NULL
WHERE id = ANY ($1::uuid[]) AND status = 2 RETURNING true)";
// What finds a delivery by its id is planned each time: prepared while the table is empty it would take any
// index that holds the id, and go through all of it ever after.

// Does nothing for a key while one of it is due.
constexpr std::string_view promote_sql = R"(
UPDATE webhook_deliveries SET next_at = clock_timestamp() WHERE id = ANY (ARRAY(
  SELECT first.id FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[])) AS k (webhook_id, key)
  CROSS JOIN LATERAL (SELECT d.id FROM webhook_deliveries AS d
    WHERE d.webhook_id = k.webhook_id AND d.key = k.key AND d.status = 0 ORDER BY d.position LIMIT 1) AS first
  WHERE NOT EXISTS (SELECT FROM webhook_deliveries AS d WHERE d.webhook_id = k.webhook_id AND d.key = k.key
    AND d.next_at IS NOT NULL))))";
const std::string claim_text = fmt::format(R"(
UPDATE webhook_deliveries AS d
SET attempts = d.attempts + 1, claims = d.claims + 1, next_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
WHERE d.id = ANY (ARRAY(
  SELECT due.id FROM unnest($1::uuid[], $2::bigint[]) AS room (webhook_id, attempts)
  JOIN webhooks AS w ON w.id = room.webhook_id AND w.enabled AND w.deleted_at IS NULL
  CROSS JOIN LATERAL (SELECT one.id FROM webhook_deliveries AS one
    WHERE one.webhook_id = w.id AND one.next_at <= now()
    ORDER BY one.next_at LIMIT room.attempts FOR UPDATE SKIP LOCKED) AS due))
RETURNING {})",
                                           delivery_columns);
// Only what is a delivery's last attempt says anything of its webhook.
constexpr std::string_view settle_sql = R"(
WITH settled AS (
  UPDATE webhook_deliveries AS d SET status = o.status, attempts = d.attempts - o.unbegun,
    next_at = CASE WHEN o.status = 0 THEN clock_timestamp() + o.next_in * interval '1 millisecond' END,
    finished_at = CASE WHEN o.status <> 0 THEN clock_timestamp() END,
    last_status = o.http_status, last_error = o.error, last_took_ms = o.took
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bigint[]) AS o (id, claim, status, next_in, http_status, error, took, works, unbegun)
  WHERE d.id = ANY ($1::uuid[]) AND d.id = o.id AND d.claims = o.claim AND d.status = 0
  RETURNING d.webhook_id, o.works)
UPDATE webhooks AS w SET failing_since = CASE WHEN s.works THEN NULL ELSE clock_timestamp() END
FROM (SELECT webhook_id, bool_or(works = 1) AS works FROM settled WHERE works >= 0 GROUP BY webhook_id) AS s
WHERE w.id = s.webhook_id AND s.works <> (w.failing_since IS NULL))";
constexpr Statement next_due_sql{"next_due_delivery", R"(
SELECT ceil(extract(epoch FROM min(first.next_at) - clock_timestamp()) * 1000)::bigint FROM webhooks AS w
CROSS JOIN LATERAL (SELECT d.next_at FROM webhook_deliveries AS d
  WHERE d.webhook_id = w.id AND d.next_at IS NOT NULL ORDER BY d.next_at LIMIT 1) AS first
WHERE w.enabled AND w.deleted_at IS NULL AND w.id <> ALL ($1::uuid[]))"};
constexpr Statement disable_sql{"disable_webhook", R"(
UPDATE webhooks SET enabled = false, disabled_reason = $2::text, updated_at = clock_timestamp(),
  resource_version = resource_version + 1
WHERE id = $1::uuid AND enabled AND deleted_at IS NULL RETURNING true)"};

constexpr std::string_view remove_finished_sql = R"(
DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(SELECT id FROM webhook_deliveries
  WHERE finished_at < $1::timestamptz ORDER BY finished_at LIMIT $2::bigint)) RETURNING true)";
constexpr std::string_view remove_orphans_sql = R"(
DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(
  SELECT orphan.id FROM webhooks AS w
  CROSS JOIN LATERAL (SELECT d.id FROM webhook_deliveries AS d WHERE d.webhook_id = w.id LIMIT $1::bigint) AS orphan
  WHERE w.deleted_at IS NOT NULL LIMIT $1::bigint)) RETURNING true)";
constexpr Statement remove_deleted_sql{"remove_deleted_webhooks", R"(
DELETE FROM webhooks AS w WHERE w.deleted_at IS NOT NULL
AND NOT EXISTS (SELECT FROM webhook_deliveries AS d WHERE d.webhook_id = w.id) RETURNING true)"};

template <class T>
std::vector<T> rows_of(const Rows& rows, T (*read)(const Rows&, int)) {
  std::vector<T> all;
  for (int row = 0; row < rows.size(); ++row) all.push_back(read(rows, row));
  return all;
}

/// An array of what `get` gives of each.
template <class Range, class Get>
ArrayParam array_of(TypeOid type, const Range& range, Get get) {
  ArrayParam array(type, range.size(), range.size() * 20);
  for (const auto& one : range) array.add(get(one));
  return array;
}

Call planned(std::string_view sql) {
  Call made;
  made.sql = sql;
  return made;
}

template <class Range>
Call lock_webhooks(const Range& range) {
  std::vector<domain::WebhookId> ids(range.begin(), range.end());
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  auto made = call_of(lock_webhooks_sql);
  made.params.ids(ids);
  return made;
}

std::vector<domain::WebhookId> webhooks_of(const std::vector<WebhookDelivery>& deliveries) {
  std::vector<domain::WebhookId> ids;
  ids.reserve(deliveries.size());
  for (const auto& one : deliveries) ids.push_back(one.webhook_id);
  return ids;
}

Call new_deliveries(const Statement& statement, const std::vector<WebhookDelivery>& deliveries) {
  using One = const WebhookDelivery&;
  auto made = call_of(statement);
  auto& params = made.params;
  params.array(array_of(TypeOid::uuid, deliveries, [](One one) { return uuid_of(one.id); }));
  params.array(array_of(TypeOid::uuid, deliveries, [](One one) { return uuid_of(one.webhook_id); }));
  params.array(
      array_of(TypeOid::int8, deliveries, [](One one) { return static_cast<std::int64_t>(one.cause); }));
  params.array(array_of(TypeOid::int8, deliveries, [](One one) { return one.position; }));
  params.array(array_of(TypeOid::uuid, deliveries, [](One one) { return uuid_of(one.message_id); }));
  params.array(
      array_of(TypeOid::int8, deliveries, [](One one) { return static_cast<std::int64_t>(one.kind); }));
  params.array(array_of(TypeOid::text, deliveries, [](One one) { return std::string_view(one.key); }));
  params.array(array_of(TypeOid::timestamptz, deliveries, [](One one) { return one.created_at; }));
  return made;
}

Call promote(const std::vector<WebhookDelivery>& deliveries) {
  using One = const WebhookDelivery&;
  auto made = planned(promote_sql);
  made.params.array(array_of(TypeOid::uuid, deliveries, [](One one) { return uuid_of(one.webhook_id); }));
  made.params.array(array_of(TypeOid::text, deliveries, [](One one) { return std::string_view(one.key); }));
  return made;
}

/// Of what an outcome says of its endpoint: -1 for nothing.
std::int64_t works_number(const AttemptOutcome& outcome) {
  if (!outcome.works) return -1;
  return *outcome.works ? 1 : 0;
}

Call settle_call(const std::vector<AttemptOutcome>& outcomes) {
  using One = const AttemptOutcome&;
  auto made = planned(settle_sql);
  auto& params = made.params;
  params.array(array_of(TypeOid::uuid, outcomes, [](One one) { return uuid_of(one.delivery); }));
  params.array(array_of(TypeOid::int8, outcomes, [](One one) { return one.claim; }));
  params.array(
      array_of(TypeOid::int8, outcomes, [](One one) { return static_cast<std::int64_t>(one.status); }));
  params.array(array_of(TypeOid::int8, outcomes,
                        [](One one) { return static_cast<std::int64_t>(one.next_in.count()); }));
  params.array(array_of(TypeOid::int8, outcomes, [](One one) { return one.http_status; }));
  params.array(array_of(TypeOid::text, outcomes, [](One one) { return std::string_view(one.error); }));
  params.array(
      array_of(TypeOid::int8, outcomes, [](One one) { return static_cast<std::int64_t>(one.took.count()); }));
  params.array(array_of(TypeOid::int8, outcomes, works_number));
  params.array(array_of(TypeOid::int8, outcomes, [](One one) { return std::int64_t{one.is_begun ? 0 : 1}; }));
  return made;
}

Uuid last_id() {
  Uuid bytes{};
  bytes.fill(0xFF);
  return bytes;
}

std::uint64_t count_of(const Rows& rows) { return static_cast<std::uint64_t>(rows.size()); }

}  // namespace

std::vector<const Statement*> webhook_statements() {
  return {&deliveries_sql,      &of_status_sql,     &count_deliveries_sql,
          &count_of_status_sql, &find_delivery_sql, &failed_sql};
}

PostgresWebhookStore::PostgresWebhookStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<std::vector<Webhook>> PostgresWebhookStore::list_webhooks(std::optional<domain::WebhookId> after,
                                                               std::size_t limit, Deadline deadline) {
  Params params;
  params.int8(static_cast<std::int64_t>(limit)).uuid(after ? uuid_of(*after) : last_id());
  const auto& statement = after ? older_webhooks_sql : list_webhooks_sql;
  const auto rows = co_await pool_->read(statement, std::move(params), deadline);
  co_return rows_of(rows, webhook_of);
}

Task<std::uint64_t> PostgresWebhookStore::count_webhooks(Deadline deadline) {
  Params none;
  const auto rows = co_await pool_->read(count_webhooks_sql, std::move(none), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<std::optional<Webhook>> PostgresWebhookStore::find_webhook(domain::WebhookId id, Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool_->read(find_webhook_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return webhook_of(rows, 0);
}

Task<std::optional<Webhook>> PostgresWebhookStore::find_webhook_by_name(std::string name, Deadline deadline) {
  Params params;
  params.text(name);
  const auto rows = co_await pool_->read(find_by_name_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return webhook_of(rows, 0);
}

Task<std::vector<WebhookDelivery>> PostgresWebhookStore::list_deliveries(DeliveryQuery query,
                                                                         Deadline deadline) {
  Params params;
  params.id(query.webhook).uuid(query.after ? uuid_of(*query.after) : last_id());
  params.int8(static_cast<std::int64_t>(query.limit));
  if (query.status) params.int8(static_cast<std::int64_t>(*query.status));
  const auto& statement = query.status ? of_status_sql : deliveries_sql;
  const auto rows = co_await pool_->read(statement, std::move(params), deadline);
  co_return rows_of(rows, webhook_delivery_of);
}

Task<std::uint64_t> PostgresWebhookStore::count_deliveries(DeliveryQuery query, Deadline deadline) {
  Params params;
  params.id(query.webhook);
  if (query.status) params.int8(static_cast<std::int64_t>(*query.status));
  const auto& statement = query.status ? count_of_status_sql : count_deliveries_sql;
  const auto rows = co_await pool_->read(statement, std::move(params), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<std::optional<WebhookDelivery>> PostgresWebhookStore::find_delivery(domain::DeliveryId id,
                                                                         Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool_->read(find_delivery_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return webhook_delivery_of(rows, 0);
}

// One exchange is one transaction, in which each statement sees what was committed when it began.
Task<bool> PostgresWebhookStore::feed(SinkDriver driver, std::int64_t position,
                                      std::vector<WebhookDelivery> deliveries, Deadline deadline) {
  Exchange exchange;
  auto move = call_of(move_sql);
  move.params.text(driver.sink).int8(driver.epoch).int8(position);
  exchange.push_back(std::move(move));
  if (!deliveries.empty()) {
    exchange.push_back(lock_webhooks(webhooks_of(deliveries)));
    auto insert = new_deliveries(insert_sql, deliveries);
    insert.params.text(driver.sink).int8(driver.epoch);
    exchange.push_back(std::move(insert));
    exchange.push_back(promote(deliveries));
  }
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  co_return !replies[0].is_empty();
}

Task<std::uint64_t> PostgresWebhookStore::replay(std::vector<WebhookDelivery> deliveries, Deadline deadline) {
  if (deliveries.empty()) co_return 0;
  Exchange exchange;
  exchange.push_back(lock_webhooks(webhooks_of(deliveries)));
  exchange.push_back(new_deliveries(replay_sql, deliveries));
  exchange.push_back(promote(deliveries));
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  co_return count_of(replies[1]);
}

Task<std::uint64_t> PostgresWebhookStore::replay_failed(domain::WebhookId webhook, std::size_t limit,
                                                        Deadline deadline) {
  Params params;
  params.id(webhook).int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read(failed_sql, std::move(params), deadline);
  std::vector<WebhookDelivery> failed;
  for (int row = 0; row < rows.size(); ++row)
    failed.push_back(
        {.id = rows.id<domain::DeliveryId>(row, 0), .webhook_id = webhook, .key = rows.text(row, 1)});
  if (failed.empty()) co_return 0;
  Exchange exchange;
  exchange.push_back(lock_webhooks(webhooks_of(failed)));
  auto begin_again = planned(replay_failed_sql);
  begin_again.params.array(
      array_of(TypeOid::uuid, failed, [](const WebhookDelivery& one) { return uuid_of(one.id); }));
  exchange.push_back(std::move(begin_again));
  exchange.push_back(promote(failed));
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  co_return count_of(replies[1]);
}

Task<std::vector<WebhookDelivery>> PostgresWebhookStore::claim(std::vector<DeliveryRoom> rooms,
                                                               std::chrono::milliseconds lease,
                                                               Deadline deadline) {
  using One = const DeliveryRoom&;
  Params params;
  params.array(array_of(TypeOid::uuid, rooms, [](One one) { return uuid_of(one.webhook); }));
  params.array(
      array_of(TypeOid::int8, rooms, [](One one) { return static_cast<std::int64_t>(one.attempts); }));
  params.int8(lease.count());
  PlannedQuery query{.sql = claim_text, .params = std::move(params)};
  const auto rows = co_await pool_->read_planned(std::move(query), deadline);
  co_return rows_of(rows, webhook_delivery_of);
}

Task<> PostgresWebhookStore::settle(std::vector<AttemptOutcome> outcomes, Deadline deadline) {
  if (outcomes.empty()) co_return;
  std::ranges::sort(outcomes, {}, &AttemptOutcome::delivery);
  std::vector<WebhookDelivery> settled;
  for (const auto& one : outcomes) settled.push_back({.webhook_id = one.webhook, .key = one.key});
  Exchange exchange;
  exchange.push_back(lock_webhooks(webhooks_of(settled)));
  exchange.push_back(settle_call(outcomes));
  exchange.push_back(promote(settled));
  (void)co_await pool_->read(std::move(exchange), deadline);
}

Task<std::optional<std::chrono::milliseconds>> PostgresWebhookStore::next_due(
    std::vector<domain::WebhookId> except, Deadline deadline) {
  Params params;
  params.ids(except);
  const auto rows = co_await pool_->read(next_due_sql, std::move(params), deadline);
  if (rows.is_empty() || rows.is_null(0, 0)) co_return std::nullopt;
  co_return std::chrono::milliseconds{rows.int8(0, 0)};
}

Task<bool> PostgresWebhookStore::disable(domain::WebhookId id, std::string reason, Deadline deadline) {
  Params params;
  params.id(id).text(reason);
  const auto rows = co_await pool_->read(disable_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<std::uint64_t> PostgresWebhookStore::remove_old_deliveries(TimePoint end, std::size_t limit,
                                                                Deadline deadline) {
  Exchange exchange;
  auto finished = planned(remove_finished_sql);
  finished.params.time(end).int8(static_cast<std::int64_t>(limit));
  exchange.push_back(std::move(finished));
  auto orphans = planned(remove_orphans_sql);
  orphans.params.int8(static_cast<std::int64_t>(limit));
  exchange.push_back(std::move(orphans));
  exchange.push_back(call_of(remove_deleted_sql));
  const auto replies = co_await pool_->read(std::move(exchange), deadline);
  co_return count_of(replies[0]) + count_of(replies[1]) + count_of(replies[2]);
}

}  // namespace xzepr::store::postgres

#include "service/webhook_deliveries.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "json/object_reader.hpp"
#include "service/refusals.hpp"
#include "service/webhook_lookup.hpp"

namespace xzepr::service {
namespace {

using domain::DeliveryCause;
using domain::WebhookDelivery;

constexpr std::size_t replay_rows_max = 500;       // in one read
constexpr std::int64_t replay_positions = 10'000;  // looked at in one step
constexpr std::size_t replay_bytes_max = 4 * 1'048'576;
constexpr std::size_t failed_at_once = 1'000;

Error webhook_disabled(const domain::Webhook& webhook) {
  return conflict("webhook_disabled", fmt::format("the webhook {} is disabled", webhook.name),
                  fmt::format("xzepr webhook enable {}", webhook.name));
}

}  // namespace

WebhookDeliveries::WebhookDeliveries(store::WebhookStore& webhooks, store::JournalStore& journal,
                                     store::CatalogueStore& catalogue_store, Catalogue& catalogue,
                                     const CursorCodec& cursors, std::function<void()> on_due, IdSource& ids)
    : webhooks_(webhooks),
      journal_(journal),
      catalogue_store_(catalogue_store),
      catalogue_(catalogue),
      cursors_(cursors),
      on_due_(std::move(on_due)),
      ids_(ids) {}

Task<Result<domain::Webhook>> WebhookDeliveries::find(const Context& context, std::string reference) {
  if (auto allowed = identity::require(*context.principal, identity::Permission::sink_manage); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  co_return co_await find_webhook(webhooks_, std::move(reference), context.deadline);
}

Task<Result<domain::Webhook>> WebhookDeliveries::find_enabled(const Context& context, std::string reference) {
  auto webhook = co_await find(context, std::move(reference));
  if (webhook && !webhook->enabled) co_return std::unexpected(webhook_disabled(*webhook));
  co_return webhook;
}

Task<Result<Page<WebhookDelivery>>> WebhookDeliveries::list(const Context& context, std::string reference,
                                                            std::optional<domain::DeliveryStatus> status,
                                                            PageRequest page) {
  const auto webhook = co_await find(context, std::move(reference));
  if (!webhook) co_return std::unexpected(webhook.error());
  QueryText text("deliveries", context.principal->user_id);
  text.add("webhook", std::optional(to_string(webhook->id)));
  text.add("status", status ? std::optional(std::string(to_string(*status))) : std::nullopt);
  auto after = id_position_of<domain::DeliveryId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  store::DeliveryQuery query{
      .webhook = webhook->id, .status = status, .after = *after, .limit = page.limit + 1};
  auto rows = co_await webhooks_.list_deliveries(query, context.deadline);
  auto out = cut_page(std::move(rows), page, cursors_, text,
                      [](const WebhookDelivery& delivery) { return to_string(delivery.id); });
  if (page.wants_total) {
    query.after.reset();
    out.total = co_await webhooks_.count_deliveries(query, context.deadline);
  }
  co_return out;
}

Task<Result<WebhookDelivery>> WebhookDeliveries::get(const Context& context, std::string reference,
                                                     std::string id) {
  const auto webhook = co_await find(context, std::move(reference));
  if (!webhook) co_return std::unexpected(webhook.error());
  const auto parsed = parse_id<domain::DeliveryId>(id);
  if (!parsed) co_return std::unexpected(delivery_unknown(id));
  auto delivery = co_await webhooks_.find_delivery(*parsed, context.deadline);
  if (!delivery || delivery->webhook_id != webhook->id) co_return std::unexpected(delivery_unknown(id));
  co_return *std::move(delivery);
}

Task<Result<WebhookDelivery>> WebhookDeliveries::test(const Context& context, std::string reference) {
  const auto webhook = co_await find_enabled(context, std::move(reference));
  if (!webhook) co_return std::unexpected(webhook.error());
  WebhookDelivery test{.id = domain::DeliveryId{ids_.next(context.now)},
                       .webhook_id = webhook->id,
                       .cause = DeliveryCause::test,
                       .message_id = ids_.next(context.now),
                       .created_at = context.now};
  test.key = to_string(test.id);
  std::vector<WebhookDelivery> only{test};
  (void)co_await webhooks_.replay(std::move(only), context.deadline);
  on_due_();
  co_return test;
}

Task<Result<ReplayProgress>> WebhookDeliveries::replay(const Context& context, std::string reference,
                                                       ReplayRequest request) {
  const auto webhook = co_await find_enabled(context, std::move(reference));
  if (!webhook) co_return std::unexpected(webhook.error());
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  std::vector<Violation> faults;
  const auto filter =
      check_filter(std::move(request.filter), *context.principal, *snapshot->catalogue, "", faults);
  if (!faults.empty()) co_return std::unexpected(json::request_invalid(std::move(faults)));

  const auto extent = co_await journal_.extent(context.deadline);
  ReplayProgress progress{.position = request.after, .until = extent.newest};
  if (request.until) progress.until = std::min(*request.until, extent.newest);
  // In this order, so that no position is too large to add to.
  const auto step_end =
      progress.position +
      std::min(std::max<std::int64_t>(progress.until - progress.position, 0), replay_positions);
  while (progress.position < step_end) {
    const store::JournalRange range{
        .after = progress.position, .rows_max = replay_rows_max, .bytes_max = replay_bytes_max};
    const auto entries = co_await journal_.read(range, context.deadline);
    if (entries.empty()) {  // retention has taken all that was left
      progress.position = progress.until;
      break;
    }
    std::vector<WebhookDelivery> deliveries;
    for (const auto& entry : entries) {
      if (entry.row.position > step_end) break;
      progress.position = entry.row.position;
      const auto facts = domain::facts_of(entry);
      const bool is_wanted = !domain::message_kind(entry.row.kind).empty() &&
                             webhook->filter.matches(facts) && filter.matches(facts);
      if (!is_wanted) continue;
      const domain::DeliveryId id{ids_.next(context.now)};
      deliveries.push_back(
          domain::delivery_of(entry.row, webhook->id, id, DeliveryCause::replay, context.now));
    }
    if (entries.front().row.position > step_end) progress.position = step_end;
    progress.queued += co_await webhooks_.replay(std::move(deliveries), context.deadline);
  }
  progress.has_more = progress.position < progress.until;
  if (progress.queued > 0) on_due_();
  co_return progress;
}

Task<Result<ReplayProgress>> WebhookDeliveries::replay_failed(const Context& context, std::string reference) {
  const auto webhook = co_await find_enabled(context, std::move(reference));
  if (!webhook) co_return std::unexpected(webhook.error());
  const auto queued = co_await webhooks_.replay_failed(webhook->id, failed_at_once, context.deadline);
  if (queued > 0) on_due_();
  co_return ReplayProgress{.queued = queued, .has_more = queued == failed_at_once};
}

}  // namespace xzepr::service

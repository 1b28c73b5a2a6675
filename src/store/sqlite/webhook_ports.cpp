#include "store/sqlite/ports.hpp"

namespace xzepr::store::sqlite {
namespace {

using Webhooks = std::vector<domain::Webhook>;
using Deliveries = std::vector<domain::WebhookDelivery>;

}  // namespace

Task<Webhooks> SqliteWebhooks::list_webhooks(std::optional<domain::WebhookId> after, std::size_t limit,
                                             Deadline) {
  co_return reader_.webhooks.list_webhooks(after, limit);
}

Task<std::uint64_t> SqliteWebhooks::count_webhooks(Deadline) { co_return reader_.webhooks.count_webhooks(); }

Task<std::optional<domain::Webhook>> SqliteWebhooks::find_webhook(domain::WebhookId id, Deadline) {
  co_return reader_.webhooks.find_webhook(id);
}

Task<std::optional<domain::Webhook>> SqliteWebhooks::find_webhook_by_name(std::string name, Deadline) {
  co_return reader_.webhooks.find_webhook(name);
}

Task<Deliveries> SqliteWebhooks::list_deliveries(DeliveryQuery query, Deadline deadline) {
  return engine_.pool.read<Deliveries>(
      deadline, [query](Reader& reader) { return reader.webhooks.list_deliveries(query); });
}

Task<std::uint64_t> SqliteWebhooks::count_deliveries(DeliveryQuery query, Deadline deadline) {
  return engine_.pool.read<std::uint64_t>(
      deadline, [query](Reader& reader) { return reader.webhooks.count_deliveries(query); });
}

Task<std::optional<domain::WebhookDelivery>> SqliteWebhooks::find_delivery(domain::DeliveryId id, Deadline) {
  co_return reader_.webhooks.find_delivery(id);
}

Task<bool> SqliteWebhooks::feed(SinkDriver driver, std::int64_t position, Deliveries deliveries, Deadline) {
  return change<bool>(
      engine_, [&webhooks = engine_.webhooks, driver = std::move(driver), position,
                deliveries = std::move(deliveries)] { return webhooks.feed(driver, position, deliveries); });
}

Task<std::uint64_t> SqliteWebhooks::replay(Deliveries deliveries, Deadline) {
  return change<std::uint64_t>(engine_, [&webhooks = engine_.webhooks, deliveries = std::move(deliveries)] {
    return webhooks.replay(deliveries);
  });
}

Task<std::uint64_t> SqliteWebhooks::replay_failed(domain::WebhookId webhook, std::size_t limit, Deadline) {
  return change<std::uint64_t>(engine_, [&webhooks = engine_.webhooks, webhook, limit] {
    return webhooks.replay_failed(webhook, limit);
  });
}

Task<Deliveries> SqliteWebhooks::claim(std::vector<DeliveryRoom> rooms, std::chrono::milliseconds lease,
                                       Deadline) {
  return change<Deliveries>(engine_, [&webhooks = engine_.webhooks, rooms = std::move(rooms), lease] {
    return webhooks.claim(rooms, lease);
  });
}

Task<> SqliteWebhooks::settle(std::vector<AttemptOutcome> outcomes, Deadline) {
  std::move_only_function<Nothing()> work = [&webhooks = engine_.webhooks, outcomes = std::move(outcomes)] {
    webhooks.settle(outcomes);
    return Nothing{};
  };
  co_await change<Nothing>(engine_, std::move(work));
}

Task<std::optional<std::chrono::milliseconds>> SqliteWebhooks::next_due(std::vector<domain::WebhookId> except,
                                                                        Deadline) {
  const auto at = reader_.webhooks.next_due(except);
  if (!at) co_return std::nullopt;
  const SystemClock clock;  // that of the writer, which made the row due
  co_return std::chrono::ceil<std::chrono::milliseconds>(*at - clock.now());
}

Task<bool> SqliteWebhooks::disable(domain::WebhookId id, std::string reason, Deadline) {
  return change<bool>(engine_, [&webhooks = engine_.webhooks, id, reason = std::move(reason)] {
    return webhooks.disable(id, reason);
  });
}

Task<std::uint64_t> SqliteWebhooks::remove_old_deliveries(TimePoint end, std::size_t limit, Deadline) {
  return change<std::uint64_t>(engine_, [&webhooks = engine_.webhooks, end, limit] {
    return webhooks.remove_old_deliveries(end, limit);
  });
}

}  // namespace xzepr::store::sqlite

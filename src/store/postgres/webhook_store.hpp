// Webhooks and their deliveries. What decides which delivery of a key is due runs under the locks of the
// webhooks' rows, taken in the order of their ids: two that would decide at once take turns.
#pragma once

#include <memory>
#include <vector>

#include "store/postgres/pool.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::store::postgres {

class PostgresWebhookStore final : public WebhookStore {
 public:
  explicit PostgresWebhookStore(std::shared_ptr<Pool> pool);

  [[nodiscard]] Task<std::vector<domain::Webhook>> list_webhooks(std::optional<domain::WebhookId> after,
                                                                 std::size_t limit,
                                                                 Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_webhooks(Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::Webhook>> find_webhook(domain::WebhookId id,
                                                                  Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::Webhook>> find_webhook_by_name(std::string name,
                                                                          Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::WebhookDelivery>> list_deliveries(DeliveryQuery query,
                                                                           Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> count_deliveries(DeliveryQuery query, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<domain::WebhookDelivery>> find_delivery(domain::DeliveryId id,
                                                                           Deadline deadline) override;
  [[nodiscard]] Task<bool> feed(SinkDriver driver, std::int64_t position,
                                std::vector<domain::WebhookDelivery> deliveries, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> replay(std::vector<domain::WebhookDelivery> deliveries,
                                           Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> replay_failed(domain::WebhookId webhook, std::size_t limit,
                                                  Deadline deadline) override;
  [[nodiscard]] Task<std::vector<domain::WebhookDelivery>> claim(std::vector<DeliveryRoom> rooms,
                                                                 std::chrono::milliseconds lease,
                                                                 Deadline deadline) override;
  [[nodiscard]] Task<> settle(std::vector<AttemptOutcome> outcomes, Deadline deadline) override;
  [[nodiscard]] Task<std::optional<std::chrono::milliseconds>> next_due(std::vector<domain::WebhookId> except,
                                                                        Deadline deadline) override;
  [[nodiscard]] Task<bool> disable(domain::WebhookId id, std::string reason, Deadline deadline) override;
  [[nodiscard]] Task<std::uint64_t> remove_old_deliveries(TimePoint end, std::size_t limit,
                                                          Deadline deadline) override;

 private:
  std::shared_ptr<Pool> pool_;
};

/// Those that look at deliveries, of which there are many, for a test of their plans.
[[nodiscard]] std::vector<const Statement*> webhook_statements();

}  // namespace xzepr::store::postgres

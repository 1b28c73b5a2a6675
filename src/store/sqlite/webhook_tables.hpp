// Webhooks and their deliveries: what reads them, and what writes them on the writer's thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "store/sqlite/connection.hpp"
#include "store/webhook_store.hpp"

namespace xzepr::store::sqlite {

class WebhookReader {
 public:
  explicit WebhookReader(Connection& connection);

  [[nodiscard]] std::vector<domain::Webhook> list_webhooks(std::optional<domain::WebhookId> after,
                                                           std::size_t limit);
  [[nodiscard]] std::uint64_t count_webhooks();
  [[nodiscard]] std::optional<domain::Webhook> find_webhook(domain::WebhookId id);
  [[nodiscard]] std::optional<domain::Webhook> find_webhook(const std::string& name);
  [[nodiscard]] std::vector<domain::WebhookDelivery> list_deliveries(const DeliveryQuery& query);
  [[nodiscard]] std::uint64_t count_deliveries(const DeliveryQuery& query);
  [[nodiscard]] std::optional<domain::WebhookDelivery> find_delivery(domain::DeliveryId id);
  [[nodiscard]] std::optional<TimePoint> next_due(const std::vector<domain::WebhookId>& except);

 private:
  Statement list_;
  Statement older_;
  Statement count_;
  Statement find_;
  Statement find_by_name_;
  Statement deliveries_;
  Statement deliveries_of_status_;
  Statement count_deliveries_;
  Statement count_of_status_;
  Statement find_delivery_;
  Statement enabled_;
  Statement next_due_;
};

class WebhookWriter {
 public:
  WebhookWriter(Connection& connection, const Clock& clock);

  [[nodiscard]] bool feed(const SinkDriver& driver, std::int64_t position,
                          const std::vector<domain::WebhookDelivery>& deliveries);
  [[nodiscard]] std::uint64_t replay(const std::vector<domain::WebhookDelivery>& deliveries);
  [[nodiscard]] std::uint64_t replay_failed(domain::WebhookId webhook, std::size_t limit);
  [[nodiscard]] std::vector<domain::WebhookDelivery> claim(const std::vector<DeliveryRoom>& rooms,
                                                           std::chrono::milliseconds lease);
  void settle(const std::vector<AttemptOutcome>& outcomes);
  [[nodiscard]] bool disable(domain::WebhookId id, const std::string& reason);
  [[nodiscard]] std::uint64_t remove_old_deliveries(TimePoint end, std::size_t limit);

 private:
  [[nodiscard]] bool store(Statement& statement, const domain::WebhookDelivery& delivery);
  void promote(domain::WebhookId webhook, const std::string& key);
  void note(const AttemptOutcome& outcome);

  Connection& connection_;
  const Clock& clock_;
  Statement move_;
  Statement insert_;
  Statement replay_;
  Statement replay_failed_;
  Statement promote_;
  Statement claim_;
  Statement settle_;
  Statement works_;
  Statement fails_;
  Statement disable_;
  Statement remove_finished_;
  Statement remove_orphans_;
  Statement remove_deleted_;
};

/// Within the caller's transaction, which has read the head.
void put_webhook(Connection& connection, const domain::Webhook& webhook);

}  // namespace xzepr::store::sqlite

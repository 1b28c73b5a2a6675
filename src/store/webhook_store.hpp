// The port of webhooks and their deliveries. What a person changes of a webhook is a change of the catalogue
// (catalogue_store.hpp), so that its order with the journal is certain. One object per shard.
//
// Of the deliveries of one webhook and key exactly one, the first in journal order, is due at some time; the
// others wait for their turn. An attempt is claimed by making its delivery due again later, when it counts as
// lost; the number of claims then tells whose attempt is the last.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "domain/webhook.hpp"
#include "store/sink_store.hpp"

namespace xzepr::store {

struct DeliveryQuery {
  domain::WebhookId webhook;
  std::optional<domain::DeliveryStatus> status;
  std::optional<domain::DeliveryId> after;  ///< older than this
  std::size_t limit = 0;
};

/// How many attempts of a webhook may begin.
struct DeliveryRoom {
  domain::WebhookId webhook;
  std::size_t attempts = 0;
};

/// How an attempt ended. Nothing is written when it is not the delivery's last.
struct AttemptOutcome {
  domain::DeliveryId delivery;
  domain::WebhookId webhook;
  std::string key;
  std::int64_t claim = 0;  ///< the delivery's number of claims when it was claimed
  domain::DeliveryStatus status = domain::DeliveryStatus::pending;
  std::chrono::milliseconds next_in{0};  ///< of pending
  bool is_begun = true;                  ///< false: it was given back, and does not count as an attempt
  std::int64_t http_status = 0;
  std::string error;
  std::optional<bool> works;  ///< what it says of the endpoint; nullopt: nothing
  std::chrono::milliseconds took{0};
};

class WebhookStore {
 public:
  virtual ~WebhookStore() = default;

  // Each is one transaction and throws Fault when the store is away or out of time. Done twice, each has the
  // effect of once.

  /// By id, newest first.
  [[nodiscard]] virtual Task<std::vector<domain::Webhook>> list_webhooks(
      std::optional<domain::WebhookId> after, std::size_t limit, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::uint64_t> count_webhooks(Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<domain::Webhook>> find_webhook(domain::WebhookId id,
                                                                          Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<domain::Webhook>> find_webhook_by_name(std::string name,
                                                                                  Deadline deadline) = 0;

  /// Newest first.
  [[nodiscard]] virtual Task<std::vector<domain::WebhookDelivery>> list_deliveries(DeliveryQuery query,
                                                                                   Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::uint64_t> count_deliveries(DeliveryQuery query, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<std::optional<domain::WebhookDelivery>> find_delivery(domain::DeliveryId id,
                                                                                   Deadline deadline) = 0;

  /// Stores deliveries and moves the sink's position, both or neither. Of what is there already nothing
  /// changes. False: another driver has taken over, and nothing was done.
  [[nodiscard]] virtual Task<bool> feed(SinkDriver driver, std::int64_t position,
                                        std::vector<domain::WebhookDelivery> deliveries,
                                        Deadline deadline) = 0;
  /// Stores deliveries; those that are there and finished begin again. How many are under way by it.
  [[nodiscard]] virtual Task<std::uint64_t> replay(std::vector<domain::WebhookDelivery> deliveries,
                                                   Deadline deadline) = 0;
  /// Begins again what was given up, oldest first. How many.
  [[nodiscard]] virtual Task<std::uint64_t> replay_failed(domain::WebhookId webhook, std::size_t limit,
                                                          Deadline deadline) = 0;

  /// Claims due deliveries of enabled webhooks: attempts + 1, due again in `lease`. Of one webhook the
  /// longest due first.
  [[nodiscard]] virtual Task<std::vector<domain::WebhookDelivery>> claim(std::vector<DeliveryRoom> rooms,
                                                                         std::chrono::milliseconds lease,
                                                                         Deadline deadline) = 0;
  /// Writes how attempts ended, lets the next of their keys be due, and keeps since when each webhook fails.
  [[nodiscard]] virtual Task<> settle(std::vector<AttemptOutcome> outcomes, Deadline deadline) = 0;
  /// In how long the first delivery of an enabled webhook that is not in `except` is due; zero or less: now.
  /// nullopt: there is none.
  [[nodiscard]] virtual Task<std::optional<std::chrono::milliseconds>> next_due(
      std::vector<domain::WebhookId> except, Deadline deadline) = 0;
  /// False: it is not there or not enabled.
  [[nodiscard]] virtual Task<bool> disable(domain::WebhookId id, std::string reason, Deadline deadline) = 0;

  /// Removes at most `limit` deliveries that were finished before `end`, or whose webhook was deleted, and
  /// deleted webhooks that have none any more. How many there were to remove.
  [[nodiscard]] virtual Task<std::uint64_t> remove_old_deliveries(TimePoint end, std::size_t limit,
                                                                  Deadline deadline) = 0;
};

}  // namespace xzepr::store

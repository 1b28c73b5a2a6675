// Claims due deliveries, sends them, and writes what came of it. Every node does, each endpoint so many at
// once; a claim that nobody settles is due again 15 s after its attempt must have ended. A crash repeats what
// was under way, with the same webhook-id, and loses nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/wake.hpp"
#include "domain/webhook_url.hpp"
#include "http/sender.hpp"
#include "store/journal_store.hpp"
#include "store/webhook_store.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::journal::webhook {

struct DeliveryOptions {
  std::size_t concurrency = 4;  ///< attempts at once for each endpoint
  std::chrono::milliseconds timeout{15'000};
  domain::WebhookUrlRules rules = {};
  std::string ca_file = {};
  std::string key;  ///< opens the webhooks' secrets
};

class DeliveryLoop {
 public:
  struct Parts {
    store::JournalStore& journal;
    store::WebhookStore& webhooks;
    http::Sender& sender;
    const Clock& clock;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
  };
  /// Called on the loop when a webhook was disabled.
  using OnDisabled = std::function<Task<>(domain::Webhook webhook, std::string reason)>;

  /// The sender may outlive this.
  DeliveryLoop(asio::io_context& loop, DeliveryOptions options, OnDisabled on_disabled, Parts parts);
  ~DeliveryLoop();

  /// Ends when it was asked to stop, or is cancelled. Runs once.
  [[nodiscard]] Task<> run();
  /// Begins no more attempts, and waits as long as `deadline` allows for those under way. Any thread.
  void stop(Deadline deadline);
  /// Something may be due now. Any thread, never waits.
  void hear_due();

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Inbox;
  struct Waiting {
    domain::WebhookDelivery delivery;
    Instant claimed_at;
  };
  struct Flight {
    domain::WebhookDelivery delivery;
    Instant begun;
  };

  [[nodiscard]] Task<> turn();
  [[nodiscard]] Task<> list();
  [[nodiscard]] Task<> settle();
  [[nodiscard]] Task<> disable_dead();
  [[nodiscard]] Task<> claim();
  [[nodiscard]] Task<> begin_waiting();
  [[nodiscard]] Task<> begin(domain::WebhookDelivery delivery);
  [[nodiscard]] bool wants_to_settle(bool is_stopping);
  [[nodiscard]] std::size_t busy_with(domain::WebhookId webhook) const;
  [[nodiscard]] std::vector<domain::WebhookId> without_room() const;
  void give_back(const domain::WebhookDelivery& delivery);
  void give_back_waiting();
  /// Or why there is nothing to send.
  [[nodiscard]] Task<std::expected<std::string, std::string>> body_of(domain::WebhookDelivery delivery);
  [[nodiscard]] http::SendRequest request_of(const domain::Webhook& webhook,
                                             const domain::WebhookSecrets& secrets,
                                             const domain::WebhookDelivery& delivery, std::string body) const;
  void send(domain::WebhookDelivery delivery, http::SendRequest request);
  void take_answers();
  void give_up(const domain::WebhookDelivery& delivery, std::string why);
  [[nodiscard]] std::vector<store::DeliveryRoom> rooms() const;
  [[nodiscard]] bool may_end() const;

  // Constant after construction.
  const DeliveryOptions options_;
  const OnDisabled on_disabled_;
  Parts parts_;
  telemetry::Counter delivered_;
  telemetry::Counter failed_;
  telemetry::Counter given_up_;
  telemetry::Counter disabled_;
  telemetry::Gauge failing_;
  telemetry::Histogram took_;

  // The loop's.
  std::map<domain::WebhookId, domain::Webhook> webhooks_;  // those enabled
  Instant list_at_{};
  std::map<domain::WebhookId, std::deque<Waiting>> waiting_;  // claimed, and not begun yet; no queue is empty
  std::map<domain::DeliveryId, Flight> flights_;
  std::map<domain::WebhookId, std::size_t> busy_;
  std::vector<store::AttemptOutcome> outcomes_;  // not written yet
  std::vector<store::AttemptOutcome> bad_ends_;  // looked at for what must be disabled
  Instant due_at_{};
  Instant claim_at_{};
  Instant settle_at_{};
  bool is_store_away_ = false;

  // Any thread.
  std::shared_ptr<Inbox> inbox_;
};

}  // namespace xzepr::journal::webhook

// Reads the journal and stores what each webhook is to be told. One node does it at a time, by the lease of
// the sink "webhooks"; the position moves in the transaction that stores, so no row is left out or taken
// twice.
//
// The webhooks are listed after the rows were read. A webhook's making, under the journal's lock, says from
// which position on rows are its: rows after that were committed later, so whoever has read one of them finds
// the webhook as well.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/wake.hpp"
#include "store/journal_store.hpp"
#include "store/sink_store.hpp"
#include "store/webhook_store.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::journal::webhook {

inline constexpr std::string_view sink_name = "webhooks";

class Feeder {
 public:
  struct Parts {
    store::JournalStore& journal;
    store::SinkStore& sinks;
    store::WebhookStore& webhooks;
    const Clock& clock;
    IdSource& ids;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
  };

  /// `owner` names this process and no other ever; `on_fed` is called on the loop when something was stored.
  Feeder(asio::io_context& loop, std::string owner, std::function<void()> on_fed, Parts parts);

  /// Ends when it was asked to stop, with the lease given back, or is cancelled. Runs once.
  [[nodiscard]] Task<> run();
  /// Any thread.
  void stop();
  /// Something was committed here. Any thread, never waits.
  void hear_commit();

 private:
  using Pause = std::chrono::milliseconds;

  [[nodiscard]] Task<Pause> turn();
  [[nodiscard]] Task<bool> hold_lease();
  [[nodiscard]] Task<Pause> skip();
  [[nodiscard]] Task<Pause> feed();
  [[nodiscard]] Task<bool> move(std::int64_t position, std::vector<domain::WebhookDelivery> deliveries);
  [[nodiscard]] Task<> list();
  [[nodiscard]] Task<> release();
  [[nodiscard]] std::int64_t start() const;
  [[nodiscard]] std::vector<domain::WebhookDelivery> deliveries_of(
      const std::vector<domain::JournalEntry>& entries) const;
  [[nodiscard]] store::SinkDriver driver() const;

  // Constant after construction.
  const std::string owner_;
  const std::function<void()> on_fed_;
  Parts parts_;
  telemetry::Gauge pending_;
  telemetry::Gauge driving_;

  // The loop's.
  bool is_driving_ = false;
  std::int64_t epoch_ = 0;
  std::int64_t position_ = 0;
  std::chrono::steady_clock::time_point renew_at_{};
  std::chrono::steady_clock::time_point feed_at_{};
  std::vector<domain::Webhook> webhooks_;  // those enabled, as of the last look
  bool is_store_away_ = false;

  // Any thread.
  Wake wake_;
  std::atomic<bool> is_commit_heard_ = false;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace xzepr::journal::webhook

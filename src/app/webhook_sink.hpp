// Webhooks, as one node takes part in them: what stores their deliveries, what sends them, and the thread
// that it is sent on. Both run on the first shard.
#pragma once

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "app/config/config.hpp"
#include "app/shards.hpp"
#include "http/sender.hpp"
#include "journal/webhook/delivery_loop.hpp"
#include "journal/webhook/feeder.hpp"
#include "service/audit_log.hpp"
#include "service/webhook_service.hpp"
#include "store/database.hpp"

namespace xzepr::app {

[[nodiscard]] domain::WebhookUrlRules webhook_rules(const WebhooksConfig& webhooks);

class WebhookSink {
 public:
  struct Parts {
    Shards& shards;
    const store::Ports& ports;  ///< of the first shard
    service::AuditLog& audit;
    const Clock& clock;
    IdSource& ids;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
  };

  /// Before the database starts: it hears of the commits from then on.
  WebhookSink(const WebhooksConfig& config, store::CommitSignal& commits, Parts parts);

  /// Once, when the shards run.
  void start(const service::WebhookSettings& settings);
  /// Finishes what is on its way, as long as `patience` allows, and waits for the end. Nothing happens when
  /// it was not started.
  void stop(std::chrono::milliseconds patience);
  /// Something is to be sent now. Any thread, after start().
  void hear_due() { deliveries_->hear_due(); }

 private:
  void spawn(std::string_view name, Task<> task);

  const WebhooksConfig& config_;
  Parts parts_;
  http::Sender sender_;
  std::optional<journal::webhook::DeliveryLoop> deliveries_;  // once started
  journal::webhook::Feeder feeder_;
  std::vector<std::future<void>> ended_;
};

}  // namespace xzepr::app

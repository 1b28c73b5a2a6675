// Messages to one topic of a Kafka cluster: idempotent, acknowledged by all in-sync replicas, keyed. Each
// start is a producer of its own; one that is given up ends on its own thread, so no call waits.
#pragma once

#include <memory>
#include <vector>

#include "journal/kafka/settings.hpp"
#include "journal/transport.hpp"
#include "telemetry/log.hpp"

namespace xzepr::journal::kafka {

class Client;
class Inbox;

class KafkaTransport final : public Transport {
 public:
  KafkaTransport(Settings settings, telemetry::Log& log);
  /// Waits until every producer has ended: about a second.
  ~KafkaTransport() override;

  void start() override;
  void stop() override;
  [[nodiscard]] Offer send(const domain::Message& message) override;
  [[nodiscard]] std::vector<Delivery> take() override;
  void on_change(std::function<void()> wake) override { wake_ = std::move(wake); }

 private:
  const Settings settings_;
  telemetry::Log& log_;
  std::function<void()> wake_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<Client> client_;
  std::vector<std::unique_ptr<Client>> ending_;
};

}  // namespace xzepr::journal::kafka

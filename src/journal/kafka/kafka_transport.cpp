#include "journal/kafka/kafka_transport.hpp"

#include <utility>

#include "journal/kafka/client.hpp"

namespace xzepr::journal::kafka {

KafkaTransport::KafkaTransport(Settings settings, telemetry::Log& log)
    : settings_(std::move(settings)), log_(log) {}

KafkaTransport::~KafkaTransport() { stop(); }

void KafkaTransport::start() {
  stop();
  std::erase_if(ending_, [](const auto& client) { return client->is_over(); });
  inbox_ = std::make_shared<Inbox>(wake_);
  client_ = std::make_unique<Client>(settings_, inbox_, log_);
}

void KafkaTransport::stop() {
  if (!client_) return;
  client_->end();
  ending_.push_back(std::move(client_));
  inbox_.reset();
}

Offer KafkaTransport::send(const domain::Message& message) {
  return client_ ? client_->send(message) : Offer::full;
}

std::vector<Delivery> KafkaTransport::take() { return inbox_ ? inbox_->take() : std::vector<Delivery>{}; }

}  // namespace xzepr::journal::kafka

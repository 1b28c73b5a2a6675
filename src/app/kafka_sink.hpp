// Messages to Kafka, as one node takes part in them: the transport, the relay that drives it on a
// thread that gives way to those who answer, and what health says of both.
#pragma once

#include <future>
#include <memory>

#include "api/health.hpp"
#include "app/config/config.hpp"
#include "app/shards.hpp"
#include "journal/kafka/kafka_transport.hpp"
#include "journal/relay_driver.hpp"
#include "store/database.hpp"

namespace xzepr::app {

inline constexpr std::string_view kafka_sink_name = "kafka";

[[nodiscard]] bool has_kafka(const Config& config);

class KafkaSink {
 public:
  struct Parts {
    Shards& background;  ///< one, which runs the relay
    store::Ports ports;  ///< that loop's
    const Clock& clock;
    IdSource& ids;
    telemetry::Log& log;
    telemetry::Metrics& metrics;
  };

  /// Before the database starts: it hears of the commits from then on.
  KafkaSink(const Config& config, store::CommitSignal& commits, Parts parts);

  /// Once, when the background runs.
  void start();
  /// Sends what is committed, as long as `patience` allows, gives the lease to another node, and waits for
  /// the end. Nothing happens when it was not started.
  void stop(std::chrono::milliseconds patience);
  /// Any thread. Never unhealthy: nothing is refused while messages wait.
  [[nodiscard]] api::HealthCheck check() const;

 private:
  Shards& background_;
  journal::kafka::KafkaTransport transport_;
  journal::RelayDriver driver_;
  std::future<void> ended_;  // valid once started
};

}  // namespace xzepr::app

#include "app/kafka_sink.hpp"

#include <utility>

#include <fmt/format.h>

#include "app/node_name.hpp"
#include "app/run_to_end.hpp"
#include "base/assert.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;

constexpr auto end_patience = 3s;  // to give the lease back, beyond what the last messages are given

journal::kafka::Protocol protocol_of(std::string_view name) {
  using enum journal::kafka::Protocol;
  if (name == "tls") return tls;
  if (name == "sasl_plaintext") return sasl_plaintext;
  return name == "sasl_tls" ? sasl_tls : plaintext;
}

journal::kafka::Mechanism mechanism_of(std::string_view name) {
  using enum journal::kafka::Mechanism;
  if (name == "PLAIN") return plain;
  return name == "SCRAM-SHA-256" ? scram_sha_256 : scram_sha_512;
}

// What the brokers are asked for when they are to decide.
std::int32_t or_as_brokers_have_it(std::int64_t wanted) {
  return wanted == 0 ? -1 : static_cast<std::int32_t>(wanted);
}

journal::kafka::Compression compression_of(std::string_view name) {
  using enum journal::kafka::Compression;
  if (name == "gzip") return gzip;
  if (name == "snappy") return snappy;
  if (name == "lz4") return lz4;
  return name == "zstd" ? zstd : none;
}

journal::kafka::Settings settings_of(const KafkaConfig& kafka) {
  const auto& security = kafka.security;
  return {.brokers = kafka.brokers,
          .topic = kafka.topic,
          .partitions = or_as_brokers_have_it(kafka.partitions),
          .replication_factor = or_as_brokers_have_it(kafka.replication_factor),
          .answer_timeout = std::chrono::milliseconds(kafka.producer_timeout_ms),
          .compression = compression_of(kafka.compression),
          .security = {.protocol = protocol_of(security.protocol),
                       .mechanism = mechanism_of(security.mechanism),
                       .username = security.username,
                       .password = security.password,
                       .ca_file = security.ca_file,
                       .cert_file = security.cert_file,
                       .key_file = security.key_file}};
}

journal::RelayOptions options_of(const Config& config, const KafkaSink::Parts& parts) {
  const auto profile = domain::parse_message_profile(config.kafka.profile);
  XZEPR_ASSERT(profile.has_value());
  return {.sink = std::string(kafka_sink_name),
          .owner = make_owner(parts.ids, parts.clock.now()),
          .profile = *profile};
}

}  // namespace

bool has_kafka(const Config& config) { return !config.kafka.brokers.empty(); }

KafkaSink::KafkaSink(const Config& config, store::CommitSignal& commits, Parts parts)
    : background_(parts.background),
      transport_(settings_of(config.kafka), parts.log),
      driver_(parts.background.loop(0), options_of(config, parts),
              {.journal = *parts.ports.journal,
               .sinks = *parts.ports.sinks,
               .transport = transport_,
               .clock = parts.clock,
               .ids = parts.ids,
               .log = parts.log,
               .metrics = parts.metrics}) {
  commits.subscribe([this] { driver_.hear_commit(); });
}

void KafkaSink::start() {
  std::promise<void> ended;
  ended_ = ended.get_future();
  auto task = std::make_shared<Task<>>(run_to_end(driver_.run(), std::move(ended)));
  asio::post(background_.loop(0), [this, task] { background_.tasks(0).spawn("kafka", std::move(*task)); });
}

void KafkaSink::stop(std::chrono::milliseconds patience) {
  if (!ended_.valid()) return;
  driver_.stop(Deadline::after(patience));
  ended_.wait_for(patience + end_patience);
}

api::HealthCheck KafkaSink::check() const {
  const auto status = driver_.status();
  api::HealthCheck check{.name = std::string(kafka_sink_name)};
  switch (status.state) {
    case journal::RelayState::running: check.message = "this node delivers"; break;
    case journal::RelayState::standby: check.message = "another node delivers"; break;
    case journal::RelayState::backing_off:
      check.health = api::Health::degraded;
      check.message = "does not take messages now: " + status.why;
      break;
    case journal::RelayState::blocked:
      check.health = api::Health::degraded;
      check.message = "takes no messages until somebody changes something: " + status.why;
      break;
  }
  check.message += fmt::format("; {} rows wait", status.pending);
  return check;
}

}  // namespace xzepr::app

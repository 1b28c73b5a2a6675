#include "journal/kafka/conf.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <librdkafka/rdkafka.h>

#include "base/limits.hpp"

namespace xzepr::journal::kafka {
namespace {

/// "": taken.
std::string set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  std::array<char, 512> said{};
  if (rd_kafka_conf_set(conf, name, value.c_str(), said.data(), said.size()) == RD_KAFKA_CONF_OK) return "";
  return said.data();
}

const char* protocol_name(Protocol protocol) {
  switch (protocol) {
    case Protocol::plaintext: return "plaintext";
    case Protocol::tls: return "ssl";
    case Protocol::sasl_plaintext: return "sasl_plaintext";
    case Protocol::sasl_tls: return "sasl_ssl";
  }
  std::unreachable();
}

const char* mechanism_name(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::plain: return "PLAIN";
    case Mechanism::scram_sha_256: return "SCRAM-SHA-256";
    case Mechanism::scram_sha_512: return "SCRAM-SHA-512";
  }
  std::unreachable();
}

void add_security(Properties& properties, const Security& security) {
  properties.emplace_back("security.protocol", protocol_name(security.protocol));
  const bool has_sasl =
      security.protocol == Protocol::sasl_plaintext || security.protocol == Protocol::sasl_tls;
  if (has_sasl) {
    properties.emplace_back("sasl.mechanism", mechanism_name(security.mechanism));
    properties.emplace_back("sasl.username", security.username);
    properties.emplace_back("sasl.password", security.password);
  }
  if (security.protocol != Protocol::tls && security.protocol != Protocol::sasl_tls) return;
  properties.emplace_back("enable.ssl.certificate.verification", "true");
  properties.emplace_back("ssl.endpoint.identification.algorithm", "https");
  if (!security.ca_file.empty()) properties.emplace_back("ssl.ca.location", security.ca_file);
  if (!security.cert_file.empty()) properties.emplace_back("ssl.certificate.location", security.cert_file);
  if (!security.key_file.empty()) properties.emplace_back("ssl.key.location", security.key_file);
}

Properties connection_properties(const Settings& settings) {
  const auto answer = settings.answer_timeout.count();
  Properties properties = {
      {"bootstrap.servers", fmt::format("{}", fmt::join(settings.brokers, ","))},
      {"client.id", "xzepr"},
      {"socket.timeout.ms", std::to_string(answer + 1'000)},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "1000"},
      {"message.max.bytes", std::to_string(limits::message_bytes_max)},
      {"allow.auto.create.topics", "false"},
      {"topic.metadata.refresh.interval.ms", "30000"},
  };
  add_security(properties, settings.security);
  return properties;
}

}  // namespace

void ConfDeleter::operator()(rd_kafka_conf_s* conf) const noexcept { rd_kafka_conf_destroy(conf); }

std::expected<Conf, std::string> make_conf(const Settings& settings, const Properties& more) {
  Conf conf(rd_kafka_conf_new());
  auto properties = connection_properties(settings);
  properties.insert(properties.end(), more.begin(), more.end());
  for (const auto& [name, value] : properties) {
    auto why = set(conf.get(), name, value);
    if (!why.empty()) return std::unexpected(std::move(why));
  }
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  return conf;
}

}  // namespace xzepr::journal::kafka

// Where the brokers are, how to log in there, and the topic. Values only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace xzepr::journal::kafka {

enum class Protocol : std::uint8_t { plaintext, tls, sasl_plaintext, sasl_tls };
enum class Mechanism : std::uint8_t { plain, scram_sha_256, scram_sha_512 };
enum class Compression : std::uint8_t { none, gzip, snappy, lz4, zstd };

struct Security {
  Protocol protocol = Protocol::plaintext;
  Mechanism mechanism = Mechanism::plain;  ///< with SASL
  std::string username = {};
  std::string password = {};
  std::string ca_file = {};    ///< whom to believe; empty: whom the system does
  std::string cert_file = {};  ///< with TLS, when the brokers want to know who calls
  std::string key_file = {};
};

struct Settings {
  std::vector<std::string> brokers;  ///< HOST:PORT
  std::string topic;
  std::int32_t partitions = 1;          ///< of a topic that is made here
  std::int32_t replication_factor = 1;  ///< likewise
  std::chrono::milliseconds answer_timeout{5'000};
  Compression compression = Compression::lz4;  ///< of what is sent together
  Security security = {};
};

}  // namespace xzepr::journal::kafka

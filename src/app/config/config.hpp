// The effective configuration of one process, typed. Values only: who made them what they are is in load.hpp,
// what they mean is in key_table.cpp, and nowhere else.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace xzepr::app {

/// production is `serve`; development is `serve --dev`.
enum class Profile : std::uint8_t { production, development };

struct ServerConfig {
  std::string host;
  std::uint16_t port = 0;
  bool enable_https = true;
  bool tls_terminated_upstream = false;
  std::int64_t request_timeout_seconds = 0;
  std::int64_t shards = 0;  ///< 0: one per core
  std::string tls_cert_file;
  std::string tls_key_file;
};

struct DatabaseConfig {
  std::string url;  ///< sqlite:PATH or postgres://...
  std::string read_url;
  std::int64_t max_connections = 0;
  std::int64_t min_connections = 0;
  std::int64_t connection_timeout_seconds = 0;
};

struct JwtConfig {
  std::int64_t access_token_expiration_seconds = 0;
  std::int64_t refresh_token_expiration_seconds = 0;
  std::string algorithm;  ///< RS256, ES256 or EdDSA: of keys that are made
  std::string issuer;
  std::string audience;
};

struct CorsConfig {
  std::vector<std::string> allowed_origins;
  std::vector<std::string> allowed_methods;
  std::vector<std::string> allowed_headers;
  bool allow_credentials = true;
  std::int64_t max_age = 0;
};

struct RateLimitConfig {
  bool is_enabled = true;  ///< false with --dev unless a key of the section was set
  std::int64_t anonymous_rpm = 0;
  std::int64_t authenticated_rpm = 0;
  std::int64_t admin_rpm = 0;
  std::map<std::string, std::int64_t> per_endpoint;  ///< path prefix -> rpm
  std::string store;                                 ///< memory or redis
};

struct SecurityConfig {
  CorsConfig cors;
  RateLimitConfig rate_limit;
  std::vector<std::string> trusted_proxies;  ///< addresses and CIDR ranges, checked
};

struct TelemetryConfig {
  bool metrics_enabled = true;
  std::string metrics_listen;  ///< HOST:PORT, or empty: only on the main port
  bool tracing_enabled = false;
  std::string jaeger_endpoint;
  std::string collector_endpoint;
  std::string log_level;  ///< error, warn, info, debug or trace
  bool json_logs = true;
};

struct KafkaSecurityConfig {
  std::string protocol;   ///< plaintext, tls, sasl_plaintext or sasl_tls
  std::string mechanism;  ///< PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
  std::string username;
  std::string password;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

struct KafkaConfig {
  std::vector<std::string> brokers;  ///< none: messages go nowhere
  std::string topic;
  std::int64_t producer_timeout_ms = 0;
  std::string compression;
  std::string profile;                  ///< strict or compat
  std::int64_t partitions = 0;          ///< of a topic made here; 0: as the brokers have it
  std::int64_t replication_factor = 0;  ///< likewise
  KafkaSecurityConfig security;
};

struct WebhooksConfig {
  bool allow_http = false;
  std::vector<std::string> private_networks;  ///< addresses and CIDR ranges, checked
  std::vector<std::string> ports;             ///< decimal, checked; none: any
  std::int64_t concurrency = 0;               ///< for each endpoint
  std::int64_t timeout_ms = 0;
  std::string ca_file;
  std::int64_t keep_days = 0;  ///< of finished deliveries; 0: for ever
};

struct RedisConfig {
  std::string url;  ///< checked; empty: none
  std::string ca_file;
  std::int64_t command_timeout_ms = 0;
};

struct Config {
  Profile profile = Profile::production;
  ServerConfig server;
  DatabaseConfig database;
  JwtConfig jwt;
  SecurityConfig security;
  TelemetryConfig telemetry;
  KafkaConfig kafka;
  WebhooksConfig webhooks;
  RedisConfig redis;
  bool search_index = true;                ///< this process files events in the search index
  std::int64_t retention_events_days = 0;  ///< 0: never
  std::int64_t retention_audit_days = 0;   ///< 0: never
  /// Sections whose keys are text, by their full names: jwt.keys, vault, oidc.
  std::map<std::string, std::string> open;
  /// What of it begins with `prefix` ("vault."), by its names without that.
  [[nodiscard]] std::map<std::string, std::string> section(const std::string& prefix) const;
  std::vector<std::string> warnings;  ///< one line per feature that is configured but not built; for the log
};

}  // namespace xzepr::app

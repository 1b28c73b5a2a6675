#include "app/config/rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "app/config/provider_keys.hpp"
#include "app/config/webhook_keys.hpp"
#include "identity/vault/settings.hpp"
#include "redis/address.hpp"

namespace xzepr::app {

namespace {

const Setting& setting_of(const Loaded& loaded, std::string_view name) {
  return *std::ranges::find(loaded.settings, name, &Setting::name);
}

Problem problem_at(const Loaded& loaded, std::string_view name, std::string message, std::string advice) {
  return {setting_of(loaded, name).origin, std::string(name), std::move(message), std::move(advice)};
}

std::optional<int> address_bits(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return 32;
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return 128;
  return std::nullopt;
}

bool is_address_range(std::string_view text) {
  const auto slash = text.find('/');
  const auto bits = address_bits(std::string(text.substr(0, slash)));
  if (!bits) return false;
  if (slash == text.npos) return true;
  const std::string_view digits = text.substr(slash + 1);
  int length = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return error == std::errc{} && end == digits.data() + digits.size() && length >= 0 && length <= *bits;
}

bool is_database_url(std::string_view url) {
  if (url.starts_with("sqlite:")) return url.size() > std::string_view("sqlite:").size();
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

bool is_host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || colon == 0) return false;
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc{} && end == digits.data() + digits.size() && port <= 65'535;
}

// As browsers write it (WHATWG URL, "origin"): lower case, no user, no path, no port that the scheme has
// anyway. Another spelling would never match.
bool is_origin(std::string_view text) {
  if (text == "*") return true;
  const bool is_https = text.starts_with("https://");
  if (!is_https && !text.starts_with("http://")) return false;
  const std::string_view rest = text.substr(is_https ? 8 : 7);
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view(".-:[]").contains(c);
  };
  return !rest.empty() && std::ranges::all_of(rest, is_fine) && !rest.ends_with(is_https ? ":443" : ":80") &&
         !rest.ends_with(':') && !rest.starts_with(':');
}

// A token (RFC 9110 5.6.2).
bool is_token(std::string_view text) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'+-.^_`|~").contains(c);
  };
  return !text.empty() && std::ranges::all_of(text, is_fine);
}

void check_cors(const Loaded& loaded, Problems& problems) {
  const CorsConfig& cors = loaded.config.security.cors;
  for (const std::string& origin : cors.allowed_origins) {
    if (is_origin(origin)) continue;
    problems.push_back(
        problem_at(loaded, "security.cors.allowed_origins", fmt::format("\"{}\" is no origin", origin),
                   "write it as browsers send it: https://app.example.com, in lower case, without a path "
                   "and without :443"));
  }
  constexpr std::array<std::string_view, 6> methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  for (const std::string& method : cors.allowed_methods) {
    if (std::ranges::find(methods, method) != methods.end()) continue;
    problems.push_back(problem_at(loaded, "security.cors.allowed_methods",
                                  fmt::format("\"{}\" is no method", method),
                                  "there are GET, HEAD, POST, PUT, PATCH and DELETE"));
  }
  for (const std::string& header : cors.allowed_headers) {
    if (is_token(header)) continue;
    problems.push_back(problem_at(loaded, "security.cors.allowed_headers",
                                  fmt::format("\"{}\" is no header", header),
                                  "name each: with credentials browsers take no * for all of them"));
  }
}

void check_database(const Loaded& loaded, Problems& problems) {
  const DatabaseConfig& database = loaded.config.database;
  if (!is_database_url(database.url)) {
    problems.push_back(problem_at(loaded, "database.url", "is no database",
                                  "write sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"));
  }
  const bool is_min_given = !setting_of(loaded, "database.min_connections").is_default;
  const bool is_max_given = !setting_of(loaded, "database.max_connections").is_default;
  if (database.min_connections > database.max_connections && (is_min_given || !is_max_given)) {
    problems.push_back(problem_at(loaded, "database.min_connections",
                                  fmt::format("{} is more than database.max_connections ({})",
                                              database.min_connections, database.max_connections),
                                  "lower the one or raise the other"));
  }
}

// One source of signing keys, under its proper name: a misspelt one would silently mean no tokens.
void check_signing_keys(const Loaded& loaded, Problems& problems) {
  static constexpr std::string_view section = "jwt.keys.";
  std::vector<std::string> sources;
  for (const auto& [name, value] : loaded.config.open) {
    if (!name.starts_with(section) || value.empty()) continue;
    const auto key = std::string_view(name).substr(section.size());
    const bool is_source = key == "file" || key == "directory" || key == "value";
    if (is_source) sources.push_back(name);
    if (!is_source && key != "previous_value") {
      problems.push_back(problem_at(loaded, name, "is no source of signing keys",
                                    "write jwt.keys.file, directory, value or previous_value"));
    }
  }
  for (const auto& [name, value] : loaded.config.open) {
    if (name == "vault.signing_key_path") sources.push_back(name);
  }
  if (sources.size() > 1)
    problems.push_back(
        problem_at(loaded, sources.back(), "is a second source of signing keys", "keep one of them"));
}

void check_vault(const Loaded& loaded, Problems& problems) {
  const auto keys = loaded.config.section("vault.");
  if (keys.empty()) return;
  const auto settings = identity::vault::read_settings(keys);
  if (settings) return;
  for (const std::string& line : settings.error()) {
    // "KEY: what is wrong; what to do"
    const auto colon = line.find(": ");
    const auto name = "vault." + line.substr(0, colon);
    const auto rest = line.substr(colon + 2);
    const auto cut = rest.find("; ");
    const bool is_given = keys.contains(line.substr(0, colon));
    const auto at = is_given ? name : "vault." + keys.begin()->first;
    auto problem =
        problem_at(loaded, at, rest.substr(0, cut), cut == rest.npos ? std::string() : rest.substr(cut + 2));
    problem.key = name;
    problems.push_back(std::move(problem));
  }
}

void check_security(const Loaded& loaded, Problems& problems) {
  const SecurityConfig& security = loaded.config.security;
  for (const std::string& range : security.trusted_proxies) {
    if (is_address_range(range)) continue;
    problems.push_back(problem_at(loaded, "security.trusted_proxies",
                                  fmt::format("\"{}\" is no address or CIDR range", range),
                                  "write 10.0.0.0/8 or ::1"));
  }
  check_cors(loaded, problems);
  for (const auto& [path, rpm] : security.rate_limit.per_endpoint) {
    if (path.starts_with('/')) continue;
    problems.push_back(problem_at(loaded, "security.rate_limit.per_endpoint",
                                  fmt::format("\"{}\" is no path", path), "begin it with /"));
  }
}

void check_redis(const Loaded& loaded, Problems& problems) {
  const std::string& url = loaded.config.redis.url;
  if (url.empty() && loaded.config.security.rate_limit.store == "redis") {
    problems.push_back(problem_at(loaded, "security.rate_limit.store", "redis needs to know where Redis is",
                                  "set redis.url (XZEPR__REDIS__URL), or keep the counts in memory"));
  }
  if (url.empty()) return;
  if (const auto address = redis::parse_address(url); !address)
    problems.push_back(problem_at(loaded, "redis.url", address.error().detail, address.error().hint));
}

// Each line is "KEY what is wrong: what to write" (identity/oidc/settings.hpp).
void check_provider(const Loaded& loaded, Problems& problems) {
  for (const std::string& line : provider_problems(loaded.config)) {
    const auto key_end = line.find(' ');
    const auto wrong_end = std::min(line.find(": ", key_end), line.size());
    const std::string name = "oidc." + line.substr(0, key_end);
    auto setting = std::ranges::find(loaded.settings, name, &Setting::name);
    if (setting == loaded.settings.end()) {
      setting = std::ranges::find_if(
          loaded.settings, [](const Setting& s) { return s.name.starts_with("oidc.") && !s.is_default; });
    }
    std::string advice =
        wrong_end == line.size() ? "docs/configuration.md says what it may be" : line.substr(wrong_end + 2);
    problems.push_back(
        {setting->origin, name, line.substr(key_end + 1, wrong_end - key_end - 1), std::move(advice)});
  }
}

bool is_topic(std::string_view text) {
  constexpr std::size_t length_max = 249;
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").contains(c);
  };
  return !text.empty() && text.size() <= length_max && text != "." && text != ".." &&
         std::ranges::all_of(text, is_fine);
}

void check_kafka_security(const Loaded& loaded, Problems& problems) {
  const KafkaSecurityConfig& security = loaded.config.kafka.security;
  const bool has_sasl = security.protocol.starts_with("sasl_");
  const bool has_tls = security.protocol.ends_with("tls");
  if (has_sasl && (security.username.empty() || security.password.empty())) {
    problems.push_back(
        problem_at(loaded, security.username.empty() ? "kafka.security.username" : "kafka.security.password",
                   "is missing", "SASL logs in with a name and a password"));
  }
  // A secret that is never used, or a check that is never made, is a mistake that shows nowhere else.
  if (!has_sasl && !security.password.empty()) {
    problems.push_back(problem_at(loaded, "kafka.security.protocol", security.protocol + " takes no password",
                                  "write sasl_tls or sasl_plaintext, or take the password away"));
  }
  if (!has_tls && !(security.ca_file + security.cert_file + security.key_file).empty()) {
    problems.push_back(problem_at(loaded, "kafka.security.protocol",
                                  security.protocol + " takes no certificates",
                                  "write tls or sasl_tls, or take the files away"));
  }
  if (security.cert_file.empty() != security.key_file.empty()) {
    problems.push_back(problem_at(
        loaded, security.cert_file.empty() ? "kafka.security.cert_file" : "kafka.security.key_file",
        "is missing", "a certificate and its key go together"));
  }
}

void check_kafka(const Loaded& loaded, Problems& problems) {
  const KafkaConfig& kafka = loaded.config.kafka;
  for (const std::string& broker : kafka.brokers) {
    if (is_host_and_port(broker)) continue;
    problems.push_back(problem_at(loaded, "kafka.brokers", fmt::format("\"{}\" is no HOST:PORT", broker),
                                  "write kafka.example.com:9092"));
  }
  if (!is_topic(kafka.topic)) {
    problems.push_back(problem_at(loaded, "kafka.topic", "is no name of a topic",
                                  "write up to 249 letters, digits, dots, dashes and underscores"));
  }
  if (!kafka.brokers.empty()) check_kafka_security(loaded, problems);
}

}  // namespace

bool serves_https(const Config& config) {
  return config.server.enable_https && !config.server.tls_terminated_upstream;
}

std::string local_certificate_folder(const Config& config) {
  constexpr std::string_view scheme = "sqlite:";
  std::string_view path = config.database.url;
  if (!path.starts_with(scheme)) return "./xzepr-data/tls";
  path.remove_prefix(scheme.size());
  const auto slash = path.rfind('/');
  return slash == path.npos ? "./tls" : std::string(path.substr(0, slash)) + "/tls";
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  in_addr address{};
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24U) == 127;
}

Problems broken_rules(const Loaded& loaded) {
  Problems problems;
  check_database(loaded, problems);
  check_security(loaded, problems);
  check_signing_keys(loaded, problems);
  check_vault(loaded, problems);
  check_redis(loaded, problems);
  check_kafka(loaded, problems);
  for (auto& [name, what] : webhook_problems(loaded.config.webhooks))
    problems.push_back(problem_at(loaded, name, what, "write 10.1.0.0/16 for a network, 443 for a port"));
  check_provider(loaded, problems);
  if (loaded.config.server.host.empty()) {
    problems.push_back(problem_at(loaded, "server.host", "is empty", "write an address, 0.0.0.0 for all"));
  }
  const std::string& listen = loaded.config.telemetry.metrics_listen;
  if (!listen.empty() && !is_host_and_port(listen)) {
    problems.push_back(problem_at(loaded, "telemetry.metrics_listen", "is no HOST:PORT",
                                  "write 127.0.0.1:9464, or leave it empty"));
  }
  return problems;
}

std::vector<std::string> warnings_of(const Loaded& loaded) {
  std::vector<std::string> warnings;
  std::vector<std::string_view> said;
  const auto warn = [&](const Setting& setting, std::string_view feature) {
    if (std::ranges::find(said, feature) != said.end()) return;
    said.push_back(feature);
    warnings.push_back(fmt::format("{}: {} has no effect: this version has no {} yet", setting.origin,
                                   setting.name, feature));
  };
  for (const Setting& setting : loaded.settings) {
    if (!setting.is_default && !setting.key->not_built.empty()) warn(setting, setting.key->not_built);
  }
  return warnings;
}

Problems check_for_serving(const Loaded& loaded) {
  Problems problems;
  const Config& config = loaded.config;
  const CorsConfig& cors = config.security.cors;
  if (config.profile == Profile::development && !is_loopback(config.server.host)) {
    problems.push_back(problem_at(loaded, "server.host",
                                  fmt::format("--dev serves loopback only, not {}", config.server.host),
                                  "leave it out, or serve without --dev"));
  }
  const ServerConfig& server = config.server;
  const bool is_plain = !server.enable_https && !server.tls_terminated_upstream;
  if (config.profile == Profile::production && is_plain) {
    problems.push_back(
        problem_at(loaded, "server.enable_https", "plain HTTP shows every key to the network",
                   "set it to true, or server.tls_terminated_upstream to true when a proxy ends TLS"));
  }
  const bool is_local = config.profile == Profile::development && server.tls_cert_file.empty();
  if (serves_https(config) && !is_local && (server.tls_cert_file.empty() || server.tls_key_file.empty())) {
    problems.push_back(
        problem_at(loaded, server.tls_cert_file.empty() ? "server.tls.cert_file" : "server.tls.key_file",
                   "HTTPS needs a certificate and its key",
                   "name both files, or set server.tls_terminated_upstream to true when a proxy ends TLS "
                   "(XZEPR__SERVER__TLS_TERMINATED_UPSTREAM=true), or try serve --dev"));
  }
  if (cors.allow_credentials && std::ranges::find(cors.allowed_origins, "*") != cors.allowed_origins.end()) {
    problems.push_back(problem_at(loaded, "security.cors.allowed_origins", "any origin (*) with credentials",
                                  "name the origins, or set security.cors.allow_credentials to false"));
  }
  return problems;
}

}  // namespace xzepr::app

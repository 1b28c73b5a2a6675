#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "app/config/load.hpp"

namespace xzepr::app {
namespace {

LoadInput from_yaml(std::string text, Environment environment = {}) {
  return {.profile = Profile::production,
          .file_name = "x.yaml",
          .file_text = std::move(text),
          .environment = std::move(environment)};
}

std::string problems_of(const LoadInput& input) {
  const auto loaded = load(input);
  if (loaded) return "none";
  std::vector<std::string> lines;
  for (const Problem& problem : loaded.error()) lines.push_back(render(problem));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

TEST(Config, WithoutAnythingIsTheDefaults) {
  const auto loaded = load({});
  ASSERT_TRUE(loaded);
  const Config& config = loaded->config;
  EXPECT_EQ(config.server.host, "0.0.0.0");
  EXPECT_EQ(config.server.port, 8042);
  EXPECT_EQ(config.database.url, "sqlite:./xzepr-data/xzepr.db");
  EXPECT_EQ(config.security.rate_limit.per_endpoint.at("/api/v1/auth"), 5);
  EXPECT_TRUE(config.security.rate_limit.is_enabled);
  EXPECT_TRUE(loaded->config.warnings.empty());
}

TEST(Config, EveryKeyOfTheTableHasADefaultThatFitsItself) {
  for (const Key& key : key_table()) {
    if (key.type == KeyType::integer) {
      EXPECT_GE(std::get<std::int64_t>(key.standard), key.min) << key.name;
      EXPECT_LE(std::get<std::int64_t>(key.standard), key.max) << key.name;
    }
    EXPECT_EQ(key.development.value_or(key.standard).index(), key.standard.index()) << key.name;
    EXPECT_FALSE(key.meaning.empty()) << key.name;
  }
}

TEST(Config, TheExampleOfTheDocumentationIsAccepted) {
  const auto loaded = load(from_yaml(
      R"(server:    {host: 0.0.0.0, port: 8042, enable_https: true, request_timeout_seconds: 30}
database:  {url: "${XZEPR__DATABASE__URL}", max_connections: 20, min_connections: 5, connection_timeout_seconds: 30}
jwt:       {access_token_expiration_seconds: 900, refresh_token_expiration_seconds: 604800, issuer: xzepr.io, audience: xzepr-api}
security:
  cors:       {allowed_origins: "${XZEPR__SECURITY__CORS__ALLOWED_ORIGINS}", allowed_methods: [GET, POST, PUT, PATCH, DELETE], allow_credentials: true, max_age: 3600}
  rate_limit: {anonymous_rpm: 10, authenticated_rpm: 100, admin_rpm: 1000, per_endpoint: {/api/v1/auth: 5}}
telemetry: {metrics_enabled: true, tracing_enabled: true, jaeger_endpoint: "${XZEPR__TELEMETRY__JAEGER_ENDPOINT}", log_level: info, json_logs: true}
kafka:     {brokers: "${XZEPR__KAFKA__BROKERS}", topic: events, producer_timeout_ms: 5000}
)",
      {{"XZEPR__DATABASE__URL", "postgres://u:p@db/x"},
       {"XZEPR__SECURITY__CORS__ALLOWED_ORIGINS", "https://a.example, https://b.example"},
       {"XZEPR__TELEMETRY__JAEGER_ENDPOINT", "http://jaeger:4318"},
       {"XZEPR__KAFKA__BROKERS", "k1:9092,k2:9092"}}));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.security.cors.allowed_origins,
            (std::vector<std::string>{"https://a.example", "https://b.example"}));
  EXPECT_EQ(loaded->config.kafka.brokers.size(), 2U);
  EXPECT_EQ(loaded->config.warnings.size(), 1U)
      << fmt::format("{}", fmt::join(loaded->config.warnings, "\n"));
}

TEST(Config, AnUnknownKeyStopsWithFileLineAndKey) {
  EXPECT_EQ(problems_of(from_yaml("server:\n  prot: 1\n")),
            "x.yaml:2: server.prot: unknown key; did you mean server.port?");
  EXPECT_EQ(problems_of(from_yaml("sever:\n  port: 1\n")),
            "x.yaml:2: sever: unknown key; did you mean server?");
  EXPECT_EQ(problems_of(from_yaml("zzz: 1\n")),
            "x.yaml:1: zzz: unknown key; remove it; docs/configuration.md lists every key");
}

TEST(Config, AnUnknownVariableStops) {
  EXPECT_EQ(problems_of(from_yaml("", {{"XZEPR__SERVER__PROT", "1"}})),
            "XZEPR__SERVER__PROT: server.prot: unknown key; did you mean XZEPR__SERVER__PORT?");
  EXPECT_EQ(problems_of(from_yaml("", {{"XZEPR_URL", "http://x"}, {"XZEPR_API_KEY", "k"}})), "none");
}

TEST(Config, AWrongTypeStopsAndSaysWhatIsRight) {
  EXPECT_EQ(problems_of(from_yaml("server: {port: soon}")),
            "x.yaml:1: server.port: must be an integer from 0 to 65535, not \"soon\"");
  EXPECT_EQ(problems_of(from_yaml("server: {port: 65536}")),
            "x.yaml:1: server.port: must be an integer from 0 to 65535, not \"65536\"");
  EXPECT_EQ(problems_of(from_yaml("server: {port: '8042'}")),
            "x.yaml:1: server.port: must be an integer from 0 to 65535, not text in quotes");
  EXPECT_EQ(problems_of(from_yaml("server: {enable_https: yes}")),
            "x.yaml:1: server.enable_https: must be true or false, not \"yes\"");
  EXPECT_EQ(problems_of(from_yaml("telemetry: {log_level: loud}")),
            "x.yaml:1: telemetry.log_level: must be one of error, warn, info, debug, trace, not \"loud\"");
  EXPECT_EQ(problems_of(from_yaml("server: {host: [a]}")), "x.yaml:1: server.host: must be text, not a list");
  EXPECT_EQ(problems_of(from_yaml("kafka: {brokers: a}")),
            "x.yaml:1: kafka.brokers: must be a list of text, not text");
  EXPECT_EQ(problems_of(from_yaml("server: 3")),
            "x.yaml:1: server: must be a section with keys; indent its keys below it");
  EXPECT_EQ(problems_of(from_yaml("server: {port: }")),
            "x.yaml:1: server.port: has no value; give it one, or remove the line");
}

TEST(Config, AnUnsetVariableStops) {
  EXPECT_EQ(problems_of(from_yaml("\ndatabase: {url: \"${DB}\"}")),
            "x.yaml:2: database.url: the variable DB is not set; set it, or write a value in its place");
  EXPECT_EQ(problems_of(from_yaml("jwt: {issuer: 'a${X'}")), "x.yaml:1: jwt.issuer: has a ${ without its }");
}

TEST(Config, AVariableIsExpandedInsideAValueAndCannotBringStructure) {
  const auto loaded = load(
      from_yaml("jwt: {issuer: 'a-${X}-$${Y}', audience: '${Z}'}", {{"X", "1"}, {"Z", "b, keys: {a: 1}"}}));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.jwt.issuer, "a-1-${Y}");
  EXPECT_EQ(loaded->config.jwt.audience, "b, keys: {a: 1}");
}

TEST(Config, AnExpandedNumberIsANumber) {
  const auto loaded = load(from_yaml("server: {port: \"${PORT}\"}", {{"PORT", "9000"}}));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.server.port, 9000);
}

TEST(Config, VariablesOverrideTheFileAndFlagsOverrideBoth) {
  LoadInput input =
      from_yaml("server: {port: 1, host: a}\n", {{"XZEPR__SERVER__PORT", "2"}, {"XZEPR__SERVER__HOST", "b"}});
  input.flags = {{"server.port", "3", "--port"}};
  const auto loaded = load(input);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.server.port, 3);
  EXPECT_EQ(loaded->config.server.host, "b");
  EXPECT_EQ(loaded->settings[0].origin, "XZEPR__SERVER__HOST");
  EXPECT_EQ(loaded->settings[1].origin, "--port");
}

TEST(Config, AVariableGivesListsByCommaAndMapsAsJson) {
  const auto loaded =
      load(from_yaml("", {{"XZEPR__SECURITY__TRUSTED_PROXIES", "10.0.0.0/8, ::1"},
                          {"XZEPR__SECURITY__RATE_LIMIT__PER_ENDPOINT", "{\"/api/v1/events\": 7}"}}));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.security.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(loaded->config.security.rate_limit.per_endpoint,
            (std::map<std::string, std::int64_t>{{"/api/v1/events", 7}}));
  EXPECT_NE(problems_of(from_yaml("", {{"XZEPR__SECURITY__RATE_LIMIT__PER_ENDPOINT", "{\"/a\": 0}"}})),
            "none");
  EXPECT_NE(problems_of(from_yaml("", {{"XZEPR__KAFKA__BROKERS", "a,,b"}})), "none");
}

TEST(Config, OpenSectionsAreAcceptedAndWhatIsNotBuiltWarnsOnce) {
  const auto loaded = load(from_yaml(
      "telemetry: {tracing_enabled: true, collector_endpoint: 'http://c'}\njwt: {keys: {directory: /k}}\n",
      {{"XZEPR__KAFKA__SECURITY__PASSWORD", "p"}}));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.kafka.security.password, "p");
  EXPECT_EQ(loaded->config.open.at("jwt.keys.directory"), "/k");
  ASSERT_EQ(loaded->config.warnings.size(), 1U);
  EXPECT_TRUE(loaded->config.warnings.back().ends_with("has no effect: this version has no tracing yet"));
}

TEST(Config, KafkaIsTalkedToInOneWayOnly) {
  const std::string brokers = "kafka:\n  brokers: [k:9092]\n";
  EXPECT_EQ(problems_of(from_yaml(brokers)), "none");
  const std::string with_login =
      "  security:\n    protocol: sasl_tls\n    username: u\n    password: p\n    ca_file: /ca\n";
  EXPECT_EQ(problems_of(from_yaml(brokers + with_login)), "none");
  const auto problem = [&](const std::string& more) { return problems_of(from_yaml(brokers + more)); };
  EXPECT_NE(problem("  security: {protocol: sasl_plaintext, username: u}\n")
                .find("kafka.security.password: is missing"),
            std::string::npos);
  EXPECT_NE(problem("  security: {password: p}\n").find("plaintext takes no password"), std::string::npos);
  EXPECT_NE(problem("  security: {ca_file: /ca}\n").find("plaintext takes no certificates"),
            std::string::npos);
  EXPECT_NE(
      problem("  security: {protocol: tls, cert_file: /c}\n").find("kafka.security.key_file: is missing"),
      std::string::npos);
  EXPECT_NE(problem("  topic: 'a b'\n").find("kafka.topic: is no name of a topic"), std::string::npos);
  EXPECT_NE(problems_of(from_yaml("kafka: {brokers: [k]}\n")).find("\"k\" is no HOST:PORT"),
            std::string::npos);
}

TEST(Config, AProviderIsWholeOrNotThere) {
  const std::string whole =
      "oidc:\n  issuer_url: https://x\n  client_id: c\n  client_secret: s\n"
      "  redirect_url: https://me/api/v1/auth/oidc/callback\n";
  EXPECT_EQ(problems_of(from_yaml(whole)), "none");
  EXPECT_EQ(problems_of(from_yaml(whole + "  role_map: {boss: king}\n  roles_claim: r\n")),
            "x.yaml:6: oidc.role_map.boss: is king; write admin, event_manager, event_viewer or user");
  EXPECT_EQ(problems_of(from_yaml(whole + "  colour: red\n")),
            "x.yaml:6: oidc.colour: is unknown; docs/configuration.md says what it may be");
  const auto lacking = problems_of(from_yaml("oidc: {issuer_url: 'http://login.example.com'}\n"));
  EXPECT_NE(lacking.find("oidc.client_id: is missing; write the id"), std::string::npos) << lacking;
  EXPECT_NE(lacking.find("oidc.issuer_url: is http://login.example.com; write an https URL"),
            std::string::npos)
      << lacking;
}

TEST(Config, SigningKeysHaveOneSource) {
  EXPECT_EQ(problems_of(from_yaml("jwt: {keys: {file: /k}}\n")), "none");
  EXPECT_NE(problems_of(from_yaml("jwt: {keys: {file: /k, directory: /d}}\n")), "none");
  EXPECT_NE(problems_of(from_yaml("jwt: {keys: {dir: /d}}\n")), "none");
}

TEST(Config, SigningKeysComeFromVaultOrFromElsewhere) {
  const std::string vault =
      "vault: {address: 'https://vault:8200', token_file: /t, signing_key_path: xzepr/jwt}\n";
  const auto loaded = load(from_yaml(vault));
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->config.warnings.empty());
  EXPECT_EQ(loaded->config.section("vault.").at("token_file"), "/t");
  EXPECT_TRUE(problems_of(from_yaml(vault + "jwt: {keys: {file: /k}}\n")).contains("a second source"));
  EXPECT_EQ(problems_of(from_yaml("vault: {address: 'http://vault:8200', token: t, signing_key_path: a}\n")),
            "x.yaml:1: vault.address: is no address of Vault; write https://HOST:PORT (http:// on a loopback "
            "address only)");
  EXPECT_EQ(problems_of(from_yaml("vault: {address: 'https://vault', token: t}\n")),
            "x.yaml:1: vault.signing_key_path: is no path of a secret; write it as in vault kv get "
            "-mount=MOUNT xzepr/jwt");
  EXPECT_TRUE(problems_of(from_yaml("vault: {adress: 'https://vault'}\n")).contains("no such key"));
}

TEST(Config, AllProblemsAreReportedAtOnce) {
  EXPECT_EQ(problems_of(from_yaml("server: {prot: 1, port: x}\n", {{"XZEPR__NO", "1"}})),
            "x.yaml:1: server.prot: unknown key; did you mean server.port?\n"
            "x.yaml:1: server.port: must be an integer from 0 to 65535, not \"x\"\n"
            "XZEPR__NO: no: unknown key; unset it; docs/configuration.md lists every key");
}

TEST(Config, ASecretIsNotRepeatedInAMessage) {
  EXPECT_EQ(
      problems_of(from_yaml("database: {url: 'mysql://u:hunter2@h/x'}")),
      "x.yaml:1: database.url: is no database; write sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME");
}

TEST(Config, AMessageIsOneLineWhateverTheValueHolds) {
  EXPECT_EQ(problems_of(from_yaml("", {{"XZEPR__SERVER__PORT", "1\n\x1b[2J"}})),
            "XZEPR__SERVER__PORT: server.port: must be an integer from 0 to 65535, not \"1??[2J\"; correct "
            "or unset the variable");
}

TEST(Config, RulesOverSeveralKeys) {
  EXPECT_EQ(problems_of(from_yaml("database: {min_connections: 9, max_connections: 8}")),
            "x.yaml:1: database.min_connections: 9 is more than database.max_connections (8); lower the one "
            "or raise the other");
  EXPECT_EQ(problems_of(from_yaml("security: {trusted_proxies: [10.0.0.0/33]}")),
            "x.yaml:1: security.trusted_proxies: \"10.0.0.0/33\" is no address or CIDR range; write "
            "10.0.0.0/8 or ::1");
  EXPECT_NE(problems_of(from_yaml("telemetry: {metrics_listen: 9464}")), "none");
}

TEST(Config, OriginsAreAsBrowsersSendThem) {
  for (const std::string origin : {"https://app.example.com", "http://localhost:3000",
                                   "https://10.0.0.1:8443", "https://[::1]:8443", "*"}) {
    EXPECT_EQ(problems_of(from_yaml("security: {cors: {allowed_origins: ['" + origin + "']}}")), "none")
        << origin;
  }
  for (const std::string origin :
       {"app.example", "null", "https://App.example", "https://app.example/", "https://",
        "https://app.example:443", "http://app.example:80", "https://u@app.example", "https://*.example",
        "ftp://app.example", "https://app.example?x", "https://a b"}) {
    EXPECT_NE(problems_of(from_yaml("security: {cors: {allowed_origins: ['" + origin + "']}}")), "none")
        << origin;
  }
  EXPECT_NE(problems_of(from_yaml("security: {cors: {allowed_methods: [get]}}")), "none");
  EXPECT_NE(problems_of(from_yaml("security: {cors: {allowed_headers: ['a b']}}")), "none");
}

TEST(Config, DevelopmentHasItsOwnDefaultsAndNoLimits) {
  const auto loaded = load({.profile = Profile::development});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.server.host, "127.0.0.1");
  EXPECT_FALSE(loaded->config.security.rate_limit.is_enabled);
  EXPECT_TRUE(check_for_serving(*loaded).empty());
}

TEST(Config, DevelopmentLimitsWhatIsConfigured) {
  const auto loaded = load(
      {.profile = Profile::development, .environment = {{"XZEPR__SECURITY__RATE_LIMIT__ADMIN_RPM", "9"}}});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->config.security.rate_limit.is_enabled);
}

TEST(Config, SharedLimitsNeedAnAddressOfRedis) {
  EXPECT_TRUE(problems_of(from_yaml("security: {rate_limit: {store: redis}}\n")).contains("set redis.url"));
  const auto refused = problems_of(from_yaml("redis: {url: \"redis://:canary@h:x\"}\n"));
  EXPECT_TRUE(refused.contains("redis.url") && !refused.contains("canary")) << refused;
  const auto loaded =
      load(from_yaml("security: {rate_limit: {store: redis}}\nredis: {url: \"redis://h\"}\n"));
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->config.warnings.empty());
  EXPECT_EQ(loaded->config.redis.command_timeout_ms, 20);
}

std::string refusals_of(const LoadInput& input) {
  const auto loaded = load(input);
  std::vector<std::string> lines;
  for (const Problem& problem : check_for_serving(loaded.value())) lines.push_back(render(problem));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

TEST(Config, ProductionNeedsTlsHereOrAtAProxy) {
  EXPECT_EQ(refusals_of({}),
            "default: server.tls.cert_file: HTTPS needs a certificate and its key; name both files, or set "
            "server.tls_terminated_upstream to true when a proxy ends TLS "
            "(XZEPR__SERVER__TLS_TERMINATED_UPSTREAM=true), or try serve --dev");
  EXPECT_EQ(refusals_of(from_yaml("server: {tls: {cert_file: a}}")),
            "default: server.tls.key_file: HTTPS needs a certificate and its key; name both files, or set "
            "server.tls_terminated_upstream to true when a proxy ends TLS "
            "(XZEPR__SERVER__TLS_TERMINATED_UPSTREAM=true), or try serve --dev");
  EXPECT_EQ(refusals_of(from_yaml("server: {enable_https: false}")),
            "x.yaml:1: server.enable_https: plain HTTP shows every key to the network; set it to true, or "
            "server.tls_terminated_upstream to true when a proxy ends TLS");
  EXPECT_EQ(refusals_of(from_yaml("server: {tls: {cert_file: a, key_file: b}}")), "");
  EXPECT_EQ(refusals_of(from_yaml("server: {tls_terminated_upstream: true}")), "");
}

TEST(Config, CredentialsForAnyOriginAreRefused) {
  const std::string file =
      "server: {tls_terminated_upstream: true}\nsecurity: {cors: {allowed_origins: ['*'], "
      "allow_credentials: ";
  EXPECT_EQ(refusals_of(from_yaml(file + "true}}")),
            "x.yaml:2: security.cors.allowed_origins: any origin (*) with credentials; name the origins, or "
            "set security.cors.allow_credentials to false");
  EXPECT_EQ(refusals_of(from_yaml(file + "false}}")), "");
}

TEST(Config, DevelopmentServesLoopbackOnly) {
  LoadInput input{.profile = Profile::development};
  input.flags = {{"server.host", "0.0.0.0", "--host"}};
  EXPECT_EQ(
      refusals_of(input),
      "--host: server.host: --dev serves loopback only, not 0.0.0.0; leave it out, or serve without --dev");
  for (const std::string_view host : {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const std::string_view host :
       {"0.0.0.0", "128.0.0.1", "::", "localhost.evil.com", "127.0.0.1.evil.com"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace xzepr::app

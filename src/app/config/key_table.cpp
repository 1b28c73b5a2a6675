#include "app/config/key_table.hpp"

#include "app/config/webhook_keys.hpp"

#include <algorithm>
#include <iterator>

namespace xzepr::app {

namespace {

using Text = std::string;
using List = std::vector<std::string>;
using Rates = std::map<std::string, std::int64_t>;
using enum KeyType;

constexpr std::int64_t year_seconds = 366LL * 24 * 3'600;
constexpr std::int64_t rpm_max = 1'000'000'000;

bool boolean_of(const Value& value) { return std::get<bool>(value); }
std::int64_t integer_of(const Value& value) { return std::get<std::int64_t>(value); }
const Text& text_of(const Value& value) { return std::get<Text>(value); }
const List& list_of(const Value& value) { return std::get<List>(value); }
void ignore(Config&, const Value&) {}

Value number(std::int64_t value) { return value; }

std::vector<Key> server_keys() {
  return {
      {.name = "server.host",
       .type = text,
       .standard = Text("0.0.0.0"),
       .development = Text("127.0.0.1"),
       .set = [](Config& c, const Value& v) { c.server.host = text_of(v); },
       .meaning = "Address to listen on. With --dev only a loopback address."},
      {.name = "server.port",
       .type = integer,
       .standard = number(8042),
       .set = [](Config& c, const Value& v) { c.server.port = static_cast<std::uint16_t>(integer_of(v)); },
       .meaning = "Port to listen on; 0 lets the system choose.",
       .min = 0,
       .max = 65'535},
      {.name = "server.enable_https",
       .type = boolean,
       .standard = true,
       .development = false,
       .set = [](Config& c, const Value& v) { c.server.enable_https = boolean_of(v); },
       .meaning = "Serve HTTPS, unless server.tls_terminated_upstream."},
      {.name = "server.tls_terminated_upstream",
       .type = boolean,
       .standard = false,
       .set = [](Config& c, const Value& v) { c.server.tls_terminated_upstream = boolean_of(v); },
       .meaning = "A proxy before this server ends TLS; plain HTTP is served to it."},
      {.name = "server.request_timeout_seconds",
       .type = integer,
       .standard = number(30),
       .set = [](Config& c, const Value& v) { c.server.request_timeout_seconds = integer_of(v); },
       .meaning = "A request that takes longer is answered 504.",
       .min = 1,
       .max = 3'600},
      {.name = "server.shards",
       .type = integer,
       .standard = number(0),
       .set = [](Config& c, const Value& v) { c.server.shards = integer_of(v); },
       .meaning = "Threads that serve requests; 0 is one per core.",
       .min = 0,
       .max = 1'024},
      {.name = "server.tls.cert_file",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.server.tls_cert_file = text_of(v); },
       .meaning = "Certificate chain, PEM, the server's own first; read again when it changes."},
      {.name = "server.tls.key_file",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.server.tls_key_file = text_of(v); },
       .meaning = "Private key of the certificate, PEM, without a passphrase."},
  };
}

std::vector<Key> database_keys() {
  return {
      {.name = "database.url",
       .type = text,
       .standard = Text("sqlite:./xzepr-data/xzepr.db"),
       .set = [](Config& c, const Value& v) { c.database.url = text_of(v); },
       .meaning = "sqlite:PATH (embedded) or postgres://USER:PASSWORD@HOST:PORT/NAME.",
       .secrecy = Secrecy::url_with_password},
      {.name = "database.read_url",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.database.read_url = text_of(v); },
       .meaning = "A replica that answers lists and searches.",
       .not_built = "reading from a replica",
       .secrecy = Secrecy::url_with_password},
      {.name = "database.max_connections",
       .type = integer,
       .standard = number(20),
       .set = [](Config& c, const Value& v) { c.database.max_connections = integer_of(v); },
       .meaning = "PostgreSQL: connections of this process at most, shared out among its shards.",
       .min = 1,
       .max = 10'000},
      {.name = "database.min_connections",
       .type = integer,
       .standard = number(5),
       .set = [](Config& c, const Value& v) { c.database.min_connections = integer_of(v); },
       .meaning = "PostgreSQL: connections kept open when idle.",
       .min = 0,
       .max = 10'000},
      {.name = "database.connection_timeout_seconds",
       .type = integer,
       .standard = number(30),
       .set = [](Config& c, const Value& v) { c.database.connection_timeout_seconds = integer_of(v); },
       .meaning = "How long a request may wait for a connection.",
       .min = 1,
       .max = 3'600},
  };
}

std::vector<Key> jwt_keys() {
  return {
      {.name = "jwt.access_token_expiration_seconds",
       .type = integer,
       .standard = number(900),
       .set = [](Config& c, const Value& v) { c.jwt.access_token_expiration_seconds = integer_of(v); },
       .meaning = "Life of an access token.",
       .min = 1,
       .max = year_seconds},
      {.name = "jwt.refresh_token_expiration_seconds",
       .type = integer,
       .standard = number(604'800),
       .set = [](Config& c, const Value& v) { c.jwt.refresh_token_expiration_seconds = integer_of(v); },
       .meaning = "Life of a refresh token.",
       .min = 1,
       .max = year_seconds},
      {.name = "jwt.algorithm",
       .type = text,
       .standard = Text("RS256"),
       .set = [](Config& c, const Value& v) { c.jwt.algorithm = text_of(v); },
       .meaning = "Of signing keys that are made: `RS256`, `ES256` or `EdDSA`.",
       .choices = {"RS256", "ES256", "EdDSA"}},
      {.name = "jwt.issuer",
       .type = text,
       .standard = Text("xzepr.io"),
       .set = [](Config& c, const Value& v) { c.jwt.issuer = text_of(v); },
       .meaning = "The tokens' `iss`."},
      {.name = "jwt.audience",
       .type = text,
       .standard = Text("xzepr-api"),
       .set = [](Config& c, const Value& v) { c.jwt.audience = text_of(v); },
       .meaning = "The tokens' `aud`."},
      {.name = "jwt.keys.*",
       .type = open,
       .standard = Text(),
       .set = ignore,
       .meaning = "Where signing keys are: `file` (PEM, 0600; the one before beside it as `FILE.previous`), "
                  "`directory` (of "
                  "mounted secrets: `current.pem`, `previous.pem`), or `value` and `previous_value` (PEM). "
                  "Without any of "
                  "them no tokens are given out; `--dev` makes one.",
       .secrecy = Secrecy::secret},
  };
}

std::vector<Key> cors_keys() {
  return {
      {.name = "security.cors.allowed_origins",
       .type = list,
       .standard = List{},
       .set = [](Config& c, const Value& v) { c.security.cors.allowed_origins = list_of(v); },
       .meaning = "Origins of web pages that may call the API; none by default, \"*\" for any."},
      {.name = "security.cors.allowed_methods",
       .type = list,
       .standard = List{"GET", "POST", "PUT", "PATCH", "DELETE"},
       .set = [](Config& c, const Value& v) { c.security.cors.allowed_methods = list_of(v); },
       .meaning = "Methods that they may use."},
      {.name = "security.cors.allowed_headers",
       .type = list,
       .standard = List{"Authorization", "Content-Type", "X-API-Key", "Idempotency-Key", "If-Match",
                        "X-Request-Id", "traceparent"},
       .set = [](Config& c, const Value& v) { c.security.cors.allowed_headers = list_of(v); },
       .meaning = "Request headers that they may send."},
      {.name = "security.cors.allow_credentials",
       .type = boolean,
       .standard = true,
       .set = [](Config& c, const Value& v) { c.security.cors.allow_credentials = boolean_of(v); },
       .meaning = "Whether they may send credentials; refused together with the origin \"*\"."},
      {.name = "security.cors.max_age",
       .type = integer,
       .standard = number(3'600),
       .set = [](Config& c, const Value& v) { c.security.cors.max_age = integer_of(v); },
       .meaning = "Seconds a browser may remember these answers.",
       .min = 0,
       .max = 86'400},
  };
}

std::vector<Key> limit_keys() {
  return {
      {.name = "security.rate_limit.anonymous_rpm",
       .type = integer,
       .standard = number(10),
       .set = [](Config& c, const Value& v) { c.security.rate_limit.anonymous_rpm = integer_of(v); },
       .meaning = "Requests a minute without credentials, per address.",
       .min = 1,
       .max = rpm_max},
      {.name = "security.rate_limit.authenticated_rpm",
       .type = integer,
       .standard = number(100),
       .set = [](Config& c, const Value& v) { c.security.rate_limit.authenticated_rpm = integer_of(v); },
       .meaning = "Requests a minute of one user; an API key's own rate replaces it.",
       .min = 1,
       .max = rpm_max},
      {.name = "security.rate_limit.admin_rpm",
       .type = integer,
       .standard = number(1'000),
       .set = [](Config& c, const Value& v) { c.security.rate_limit.admin_rpm = integer_of(v); },
       .meaning = "Requests a minute of one administrator.",
       .min = 1,
       .max = rpm_max},
      {.name = "security.rate_limit.per_endpoint",
       .type = rates,
       .standard = Rates{{"/api/v1/auth", 5}},
       .set = [](Config& c, const Value& v) { c.security.rate_limit.per_endpoint = std::get<Rates>(v); },
       .meaning = "Requests a minute by path prefix, the longest wins, counted besides the tier.",
       .min = 1,
       .max = rpm_max},
      {.name = "security.rate_limit.store",
       .type = text,
       .standard = Text("memory"),
       .set = [](Config& c, const Value& v) { c.security.rate_limit.store = text_of(v); },
       .meaning =
           "Where the counts are kept; redis shares them among nodes, each counts alone while it is away.",
       .choices = {"memory", "redis"}},
      {.name = "security.trusted_proxies",
       .type = list,
       .standard = List{},
       .set = [](Config& c, const Value& v) { c.security.trusted_proxies = list_of(v); },
       .meaning = "Addresses and CIDR ranges whose Forwarded and X-Forwarded-* headers are believed."},
  };
}

std::vector<Key> telemetry_keys() {
  constexpr std::string_view tracing = "tracing";
  return {
      {.name = "telemetry.metrics_enabled",
       .type = boolean,
       .standard = true,
       .set = [](Config& c, const Value& v) { c.telemetry.metrics_enabled = boolean_of(v); },
       .meaning = "Count and time, and answer /metrics."},
      {.name = "telemetry.metrics_listen",
       .type = text,
       .standard = Text("127.0.0.1:9464"),
       .development = Text(),
       .set = [](Config& c, const Value& v) { c.telemetry.metrics_listen = text_of(v); },
       .meaning =
           "HOST:PORT that serves /metrics to everyone; empty: only on the main port, with system_read."},
      {.name = "telemetry.tracing_enabled",
       .type = boolean,
       .standard = false,
       .set = [](Config& c, const Value& v) { c.telemetry.tracing_enabled = boolean_of(v); },
       .meaning = "Send spans to the collector.",
       .not_built = tracing},
      {.name = "telemetry.collector_endpoint",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.telemetry.collector_endpoint = text_of(v); },
       .meaning = "OTLP/HTTP collector.",
       .not_built = tracing,
       .secrecy = Secrecy::url_with_password},
      {.name = "telemetry.jaeger_endpoint",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.telemetry.jaeger_endpoint = text_of(v); },
       .meaning = "The same as telemetry.collector_endpoint, by its older name.",
       .not_built = tracing,
       .secrecy = Secrecy::url_with_password},
      {.name = "telemetry.log_level",
       .type = text,
       .standard = Text("info"),
       .set = [](Config& c, const Value& v) { c.telemetry.log_level = text_of(v); },
       .meaning = "The lowest level that is logged.",
       .choices = {"error", "warn", "info", "debug", "trace"}},
      {.name = "telemetry.json_logs",
       .type = boolean,
       .standard = true,
       .development = false,
       .set = [](Config& c, const Value& v) { c.telemetry.json_logs = boolean_of(v); },
       .meaning = "One JSON object per line; otherwise text."},
  };
}

std::vector<Key> messaging_keys() {
  return {
      {.name = "kafka.brokers",
       .type = list,
       .standard = List{},
       .set = [](Config& c, const Value& v) { c.kafka.brokers = list_of(v); },
       .meaning = "HOST:PORT of brokers; none: there are no messages."},
      {.name = "kafka.topic",
       .type = text,
       .standard = Text("events"),
       .set = [](Config& c, const Value& v) { c.kafka.topic = text_of(v); },
       .meaning = "Topic of all messages; made when it is missing."},
      {.name = "kafka.partitions",
       .type = integer,
       .standard = number(0),
       .set = [](Config& c, const Value& v) { c.kafka.partitions = integer_of(v); },
       .meaning = "Of a topic that is made; 0: as the brokers have it.",
       .min = 0,
       .max = 10'000},
      {.name = "kafka.replication_factor",
       .type = integer,
       .standard = number(0),
       .set = [](Config& c, const Value& v) { c.kafka.replication_factor = integer_of(v); },
       .meaning = "Of a topic that is made; 0: as the brokers have it.",
       .min = 0,
       .max = 100},
      {.name = "kafka.producer_timeout_ms",
       .type = integer,
       .standard = number(5'000),
       .set = [](Config& c, const Value& v) { c.kafka.producer_timeout_ms = integer_of(v); },
       .meaning = "How long brokers may take to acknowledge messages before they are sent again.",
       .min = 100,
       .max = 290'000},
      {.name = "kafka.compression",
       .type = text,
       .standard = Text("lz4"),
       .set = [](Config& c, const Value& v) { c.kafka.compression = text_of(v); },
       .meaning = "Of messages that are sent together; every reader must know how to undo it.",
       .choices = {"none", "gzip", "snappy", "lz4", "zstd"}},
      {.name = "kafka.profile",
       .type = text,
       .standard = Text("strict"),
       .set = [](Config& c, const Value& v) { c.kafka.profile = text_of(v); },
       .meaning = "strict is CloudEvents 1.0; compat writes platform_id and api_version for older watchers.",
       .choices = {"strict", "compat"}},
  };
}

std::vector<Key> messaging_security_keys() {
  return {
      {.name = "kafka.security.protocol",
       .type = text,
       .standard = Text("plaintext"),
       .set = [](Config& c, const Value& v) { c.kafka.security.protocol = text_of(v); },
       .meaning = "How to talk to the brokers; with TLS their certificates are always checked.",
       .choices = {"plaintext", "tls", "sasl_plaintext", "sasl_tls"}},
      {.name = "kafka.security.mechanism",
       .type = text,
       .standard = Text("SCRAM-SHA-512"),
       .set = [](Config& c, const Value& v) { c.kafka.security.mechanism = text_of(v); },
       .meaning = "How to log in with SASL.",
       .choices = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}},
      {.name = "kafka.security.username",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.kafka.security.username = text_of(v); },
       .meaning = "Whom to log in as with SASL."},
      {.name = "kafka.security.password",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.kafka.security.password = text_of(v); },
       .meaning = "Their password.",
       .secrecy = Secrecy::secret},
      {.name = "kafka.security.ca_file",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.kafka.security.ca_file = text_of(v); },
       .meaning = "Whom to believe about the brokers' certificates, PEM; empty: whom the system does."},
      {.name = "kafka.security.cert_file",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.kafka.security.cert_file = text_of(v); },
       .meaning = "Our own certificate, PEM, when the brokers ask for one."},
      {.name = "kafka.security.key_file",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.kafka.security.key_file = text_of(v); },
       .meaning = "Its private key, PEM, without a passphrase."},
  };
}

std::vector<Key> neighbour_keys() {
  return {
      {.name = "redis.url",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.redis.url = text_of(v); },
       .meaning = "redis://USER:PASSWORD@HOST:PORT/DATABASE, a database of its own, for shared rate limits.",
       .secrecy = Secrecy::url_with_password},
      {.name = "redis.ca_file",
       .type = text,
       .standard = Text(),
       .set = [](Config& c, const Value& v) { c.redis.ca_file = text_of(v); },
       .meaning = "With rediss://: who signs Redis's certificate, PEM; empty: the system's authorities."},
      {.name = "redis.command_timeout_ms",
       .type = integer,
       .standard = number(20),
       .set = [](Config& c, const Value& v) { c.redis.command_timeout_ms = integer_of(v); },
       .meaning = "How long a request may wait for Redis; after that this node decides alone.",
       .min = 1,
       .max = 10'000},
      {.name = "vault.*",
       .type = open,
       .standard = Text(),
       .set = ignore,
       .meaning =
           "The signing key out of HashiCorp Vault, KV engine version 2, instead of `jwt.keys.*`: "
           "`address` (https://HOST:PORT; http:// on a loopback address only), `token` or `token_file` "
           "(read anew each time), `signing_key_path` (as in xzepr/jwt), `signing_key_field` "
           "(private_key), `mount` (secret), `namespace`, `ca_file` (the system's authorities), "
           "`timeout_ms` (5000), `refresh_seconds` (60; a SIGHUP reads at once). Versions before the "
           "newest verify for the grace of a previous key.",
       .secrecy = Secrecy::secret},
      {.name = "oidc.*",
       .type = open,
       .standard = Text(),
       .set = ignore,
       .meaning =
           "An OpenID Connect provider: issuer_url, client_id, client_secret, redirect_url, scopes, "
           "client_authentication, ca_file, userinfo, bearer_audience, roles_claim, role_map, default_role, "
           "groups_claim, group_map.",
       .secrecy = Secrecy::secret},
  };
}

std::vector<Key> event_keys() {
  return {
      {.name = "search.index",
       .type = boolean,
       .standard = true,
       .set = [](Config& c, const Value& v) { c.search_index = boolean_of(v); },
       .meaning =
           "File events for searches by q and payload, a moment after they were posted. Without it the "
           "answers are the same, found by looking at every event."},
      {.name = "retention.events_days",
       .type = integer,
       .standard = number(0),
       .set = [](Config& c, const Value& v) { c.retention_events_days = integer_of(v); },
       .meaning = "Remove events older than this many days; 0 is never.",
       .min = 0,
       .max = 36'500,
       .not_built = "retention"},
      {.name = "retention.audit_days",
       .type = integer,
       .standard = number(400),
       .set = [](Config& c, const Value& v) { c.retention_audit_days = integer_of(v); },
       .meaning = "Remove rows of the audit log older than this many days; 0 is never.",
       .min = 0,
       .max = 36'500},
  };
}

std::vector<Key> all_keys() {
  std::vector<Key> all;
  for (auto* group : {server_keys, database_keys, jwt_keys, cors_keys, limit_keys, telemetry_keys,
                      messaging_keys, messaging_security_keys, webhook_keys, neighbour_keys, event_keys}) {
    std::ranges::move(group(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::span<const Key> key_table() {
  static const std::vector<Key> table = all_keys();
  return table;
}

}  // namespace xzepr::app

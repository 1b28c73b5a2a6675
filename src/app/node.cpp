#include "app/node.hpp"

#include <thread>

#include "api/docs/site.hpp"
#include "api/rest/routes.hpp"
#include "api/rest/schemas.hpp"
#include "app/jobs/jobs.hpp"
#include "app/metrics_endpoint.hpp"
#include "app/open_database.hpp"
#include "app/tls.hpp"
#include "base/time_text.hpp"
#include "crypto/secret_box.hpp"
#include "journal/live/feeder.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;

constexpr auto start_timeout = 30s;
constexpr auto probe_timeout = 2s;
constexpr auto last_rows_timeout = 1s;
constexpr auto flush_patience = 5s;     // for messages, when the node stops
constexpr auto answer_age_max = 500ms;  // of a health check

std::size_t shard_count(const Config& config) {
  if (config.server.shards > 0) return static_cast<std::size_t>(config.server.shards);
  return std::max(1U, std::thread::hardware_concurrency());
}

api::RateLimitSettings rate_limits(const RateLimitConfig& config) {
  api::RateLimitSettings settings{.enabled = config.is_enabled,
                                  .anonymous_rpm = static_cast<std::uint32_t>(config.anonymous_rpm),
                                  .authenticated_rpm = static_cast<std::uint32_t>(config.authenticated_rpm),
                                  .admin_rpm = static_cast<std::uint32_t>(config.admin_rpm)};
  settings.per_endpoint.clear();
  for (const auto& [prefix, rpm] : config.per_endpoint)
    settings.per_endpoint[prefix] = static_cast<std::uint32_t>(rpm);
  return settings;
}

service::TokenPolicy token_policy(const Config& config) {
  const auto& limits = config.security.rate_limit;
  const auto found = limits.per_endpoint.find("/api/v1/auth");
  const bool is_limited = limits.is_enabled && found != limits.per_endpoint.end();
  return {.names = {.issuer = config.jwt.issuer, .audience = config.jwt.audience},
          .access_lifetime = std::chrono::seconds{config.jwt.access_token_expiration_seconds},
          .session_lifetime = std::chrono::seconds{config.jwt.refresh_token_expiration_seconds},
          .attempts_per_minute = is_limited ? static_cast<std::uint32_t>(found->second) : 0};
}

api::CorsRules cors_rules(const CorsConfig& cors) {
  return {.origins = cors.allowed_origins,
          .methods = cors.allowed_methods,
          .headers = cors.allowed_headers,
          .allow_credentials = cors.allow_credentials,
          .max_age_seconds = cors.max_age};
}

api::TrustedProxies trusted_proxies(const Config& config) {
  auto parsed = api::TrustedProxies::parse(config.security.trusted_proxies);
  if (!parsed) throw Fault(Fault::Kind::refused, "security.trusted_proxies: " + parsed.error().detail);
  return *std::move(parsed);
}

// Nobody can call a server whose certificate is over; a week before it somebody should know.
api::HealthCheck check_certificate(const http::TlsCertificate& certificate, TimePoint now) {
  const auto end = certificate.expires_at();
  api::HealthCheck check{.name = "certificate", .message = "expires at " + to_string(end)};
  if (end <= now + std::chrono::days{7}) check.health = api::Health::degraded;
  if (end <= now) check.health = api::Health::unhealthy;
  return check;
}

// Nothing is refused without it, so it makes nobody unhealthy.
api::HealthCheck check_redis_link(const redis::Link& link) {
  if (link.is_up()) return {.name = "redis", .message = "rate limits are shared"};
  return {.name = "redis",
          .health = api::Health::degraded,
          .message = "no answer; this node counts its rate limits alone"};
}

bool shares_limits(const RateLimitConfig& config) { return config.is_enabled && config.store == "redis"; }

redis::Address redis_address(const Config& config) {
  auto parsed = redis::parse_address(config.redis.url);
  if (!parsed) throw Fault(Fault::Kind::refused, "redis.url: " + parsed.error().detail);
  return *std::move(parsed);
}

// Does every browser reach this server over HTTPS?
bool is_behind_https(const Config& config) {
  return serves_https(config) || config.server.tls_terminated_upstream;
}

std::optional<OpenIdLogins> open_provider_logins(const store::Ports& ports, Shared& shared) {
  if (!shared.provider) return std::nullopt;
  return OpenIdLogins(*shared.provider,
                      service::ProviderAccounts(*ports.identities, *ports.catalogue, shared.catalogue,
                                                shared.ids, shared.log),
                      shared.ids);
}

service::SessionParts session_parts(Shared& shared, std::optional<OpenIdLogins>& provider) {
  return {.policy = shared.tokens,
          .keys = shared.signing_keys,
          .hasher = shared.hasher,
          .attempts = shared.login_attempts,
          .limited = shared.limited_logins,
          .ids = shared.ids,
          .log = shared.log,
          .provider = provider ? &*provider : nullptr};
}

class Asking {
 public:
  explicit Asking(bool& flag) : flag_(flag) { flag_ = true; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() { flag_ = false; }

 private:
  bool& flag_;
};

}  // namespace

NodeHealth::NodeHealth(store::HealthProbe& probe, std::string_view store_kind, const Shared& shared)
    : probe_(probe), store_kind_(store_kind), shared_(shared) {}

bool NodeHealth::is_draining() const { return shared_.is_draining.load(std::memory_order_relaxed); }

// Anybody may ask, so one question to the store serves all who ask meanwhile and a moment later.
Task<std::vector<api::HealthCheck>> NodeHealth::check(Deadline deadline) {
  const bool is_fresh = std::chrono::steady_clock::now() - asked_at_ < answer_age_max;
  if (!last_.empty() && (is_fresh || is_asking_)) co_return last_;
  const Asking asking(is_asking_);
  auto checks = co_await ask(deadline);
  asked_at_ = std::chrono::steady_clock::now();
  last_ = std::move(checks);
  co_return last_;
}

Task<std::vector<api::HealthCheck>> NodeHealth::ask(Deadline deadline) {
  const auto started = std::chrono::steady_clock::now();
  api::HealthCheck store{.name = "database", .message = std::string(store_kind_)};
  try {
    const Deadline bound(std::min(deadline.at(), started + probe_timeout));
    co_await probe_.head(bound);
  } catch (const Fault& fault) {
    store.health = api::Health::unhealthy;
    store.message = fault.what();
  }
  store.response_time =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
  std::vector<api::HealthCheck> checks;
  checks.push_back(std::move(store));
  if (shared_.certificate) checks.push_back(check_certificate(*shared_.certificate, shared_.clock.now()));
  if (shared_.redis) checks.push_back(check_redis_link(*shared_.redis));
  if (shared_.kafka != nullptr) checks.push_back(shared_.kafka->check());
  co_return checks;
}

Shared::Shared(const Config& config, telemetry::Log& log_, telemetry::Metrics& metrics_)
    : log(log_),
      metrics(metrics_),
      catalogue(log_),
      limiter(rate_limits(config.security.rate_limit)),
      proxies(trusted_proxies(config)),
      cors(cors_rules(config.security.cors)),
      certificate(open_certificate(config, clock.now())),
      tokens(token_policy(config)),
      key_source(config, clock, log_),
      audit(ids, log_),
      cookies(is_behind_https(config)),
      tail([this] { live_wake->notify(); }),
      stream_slots({.of_user = limits::streams_per_user_max, .of_node = limits::streams_max}, metrics_),
      webhooks{.rules = webhook_rules(config.webhooks), .key = {}},
      started_at(clock.now()) {
  signing_keys.put(key_source.keys());
  signing_keys.set_source([this](identity::Look look) { return key_source.reload(signing_keys, look); });
  api::rest::add_routes(routes);
  routes.add(api::stream::stream_routes());
  routes.add(api::docs::docs_routes());
  auto schemas = api::rest::schemas();
  std::ranges::copy(api::docs::docs_schemas(), std::back_inserter(schemas));
  pages = api::docs::make_pages({.routes = routes.routes(), .schemas = schemas, .version = XZEPR_VERSION});
}

ShardServices::ShardServices(const store::Ports& ports, asio::io_context& loop,
                             const service::CursorCodec& cursors, std::string_view store_kind,
                             limits::SharedBuckets* shared_buckets, Shared& shared)
    : events_(*ports.events, *ports.search, *ports.catalogue, shared.catalogue, cursors, shared.ids,
              ports.identities),
      receivers_(*ports.catalogue, *ports.events, shared.catalogue, cursors, shared.ids, ports.identities),
      groups_(*ports.catalogue, *ports.identities, *ports.events, shared.catalogue, cursors, shared.ids),
      gates_(*ports.gates, *ports.artifacts, *ports.catalogue, shared.catalogue, cursors),
      artifacts_(*ports.artifacts, *ports.catalogue, shared.catalogue, cursors),
      apply_(*ports.catalogue, *ports.identities, *ports.events, shared.catalogue, shared.ids),
      identities_(*ports.identities, *ports.catalogue, shared.catalogue, cursors, shared.ids, shared.log),
      provider_logins_(open_provider_logins(ports, shared)),
      sessions_(*ports.identities, *ports.sessions, *ports.catalogue, shared.catalogue,
                session_parts(shared, provider_logins_)),
      browsers_(sessions_, *ports.sessions, *shared.csrf, session_parts(shared, provider_logins_)),
      tickets_(sessions_, *ports.sessions, *ports.identities),
      users_(*ports.identities, *ports.sessions, *ports.catalogue, shared.catalogue, cursors, shared.hasher,
             shared.ids, shared.log),
      sinks_(*ports.sinks, *ports.journal, cursors),
      webhooks_(*ports.webhooks, *ports.identities, *ports.catalogue, shared.catalogue, cursors,
                shared.webhooks, shared.ids, shared.log),
      deliveries_(
          *ports.webhooks, *ports.journal, *ports.catalogue, shared.catalogue, cursors,
          [&shared] { shared.webhook_sink->hear_due(); }, shared.ids),
      health_(*ports.health, store_kind, shared),
      streams_{.live = {.tail = shared.tail, .journal = *ports.journal, .loop = loop},
               .slots = shared.stream_slots,
               .catalogue = shared.catalogue,
               .identities = *ports.identities},
      services_{.events = events_,
                .receivers = receivers_,
                .groups = groups_,
                .gates = gates_,
                .artifacts = artifacts_,
                .apply = apply_,
                .identity = identities_,
                .sessions = sessions_,
                .browsers = browsers_,
                .tickets = tickets_,
                .users = users_,
                .sinks = sinks_,
                .webhooks = webhooks_,
                .deliveries = deliveries_,
                .signing_keys = shared.signing_keys,
                .health = health_,
                .metrics = shared.metrics,
                .pages = shared.pages,
                .cookies = shared.cookies,
                .streams = &streams_,
                .clock = shared.clock,
                .version = XZEPR_VERSION,
                .started_at = shared.started_at},
      pipeline_({.routes = shared.routes,
                 .limiter = shared.limiter,
                 .shared_buckets = shared_buckets,
                 .proxies = shared.proxies,
                 .cors = shared.cors,
                 .is_https = shared.certificate != nullptr,
                 .ids = shared.ids,
                 .log = shared.log,
                 .metrics = shared.metrics},
                services_) {}

Node::Node(const Config& config, telemetry::Log& log, telemetry::Metrics& metrics,
           std::function<void()> on_fatal)
    : config_(config), shared_(config, log, metrics), shards_(shard_count(config), log) {
  OpenOptions options{
      .shards = shards_.size(), .has_background = has_kafka(config), .on_fatal = std::move(on_fatal)};
  database_ = open_database(config, std::move(options), log, metrics);
  open_shards(shards_.size());
}

Node::~Node() { drain(0ms); }

void Node::open_shards(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) ports_.push_back(database_->open_shard(shards_.loop(i)));
  shared_.live_wake.emplace(shards_.loop(0));
  database_->commits().subscribe([this] {
    if (shared_.tail.has_listeners()) shared_.live_wake->notify();
  });
  open_sinks();
  database_->start();
  shards_.run();
  if (background_) background_->run();
  const auto deadline = Deadline::after(start_timeout);
  shards_.run_on(0, shared_.catalogue.refresh(*ports_[0].catalogue, deadline));
  open_secrets(deadline);
  if (shares_limits(config_.security.rate_limit)) open_shared_buckets(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto* shared_buckets = shared_buckets_.empty() ? nullptr : shared_buckets_[i].get();
    services_.push_back(std::make_unique<ShardServices>(ports_[i], shards_.loop(i), *cursors_,
                                                        database_->kind(), shared_buckets, shared_));
  }
}

void Node::open_sinks() {
  webhook_sink_.emplace(config_.webhooks, database_->commits(),
                        WebhookSink::Parts{.shards = shards_,
                                           .ports = ports_[0],
                                           .audit = shared_.audit,
                                           .clock = shared_.clock,
                                           .ids = shared_.ids,
                                           .log = shared_.log,
                                           .metrics = shared_.metrics});
  shared_.webhook_sink = &*webhook_sink_;
  if (!has_kafka(config_)) return;
  background_.emplace(1, shared_.log, Priority::background);
  kafka_.emplace(config_, database_->commits(),
                 KafkaSink::Parts{.background = *background_,
                                  .ports = database_->open_background(background_->loop(0)),
                                  .clock = shared_.clock,
                                  .ids = shared_.ids,
                                  .log = shared_.log,
                                  .metrics = shared_.metrics});
  shared_.kafka = &*kafka_;
}

// What one node signs, another one reads.
void Node::open_secrets(Deadline deadline) {
  const auto secret = shards_.run_on(0, ports_[0].identities->shared_secret(deadline));
  cursors_.emplace(secret);
  shared_.csrf.emplace(secret);
  shared_.webhooks.key = crypto::derive_key(secret, "webhooks");
  if (has_provider(config_)) shared_.provider.emplace(config_, secret, shared_.log);
}

// All connect at the same time, and the node goes on when each has tried: it starts without Redis, too.
void Node::open_shared_buckets(std::size_t count) {
  const redis::BucketStoreSettings settings{
      .address = redis_address(config_),
      .ca_file = config_.redis.ca_file,
      .command_timeout = std::chrono::milliseconds(config_.redis.command_timeout_ms)};
  shared_.redis.emplace(settings.address.place(), count, shared_.log, shared_.metrics);
  for (std::size_t i = 0; i < count; ++i) {
    shared_buckets_.push_back(
        std::make_unique<redis::BucketStore>(shards_.loop(i), settings, *shared_.redis));
    asio::post(shards_.loop(i), [this, i, store = shared_buckets_.back().get()] {
      shards_.tasks(i).spawn("redis", store->run());
    });
  }
  for (std::size_t i = 0; i < count; ++i) shards_.run_on(i, shared_buckets_[i]->first_try());
}

std::optional<std::string> Node::make_first_admin() {
  auto made = shards_.run_on(
      0, services_[0]->identities().bootstrap(shared_.clock.now(), Deadline::after(start_timeout)));
  if (made) return made->clear;
  if (made.error().code == "admin_exists") return std::nullopt;
  throw Fault(Fault::Kind::unavailable, "the first administrator could not be made: " + made.error().detail);
}

std::string Node::make_key(const std::string& username) {
  const service::Context context{.principal = service::IdentityService::local_admin(),
                                 .deadline = Deadline::after(start_timeout),
                                 .now = shared_.clock.now(),
                                 .request_id = username};
  service::NewApiKey request{.username = username, .make_user = true, .name = username};
  request.roles.add(identity::Role::admin);
  auto made = shards_.run_on(0, services_[0]->identities().create_api_key(context, std::move(request)));
  if (!made) throw Fault(Fault::Kind::unavailable, "a key could not be made: " + made.error().detail);
  return made->clear;
}

void Node::start_serving() {
  std::vector<http::Shard> shards;
  for (std::size_t i = 0; i < shards_.size(); ++i)
    shards.push_back({.loop = &shards_.loop(i), .application = &services_[i]->application()});
  const http::ServerOptions options{
      .host = config_.server.host,
      .port = config_.server.port,
      .certificate = shared_.certificate,
      .request_timeout = std::chrono::seconds(config_.server.request_timeout_seconds)};
  server_ = std::make_unique<http::Server>(options, std::move(shards), shared_.log, shared_.metrics);
  metrics_application_ = make_metrics_application(shared_.metrics);
  metrics_server_ =
      listen_for_metrics(config_, {.loop = &shards_.loop(0), .application = metrics_application_.get()},
                         shared_.log, shared_.metrics);
  start_jobs();
  server_->start();
  if (metrics_server_) metrics_server_->start();
}

void Node::start_jobs() {
  shared_.key_source.watch(shared_.signing_keys);
  if (kafka_) kafka_->start();
  webhook_sink_->start(shared_.webhooks);
  asio::post(shards_.loop(0), [this] {
    const auto& ports = ports_[0];
    shards_.tasks(0).spawn("watch_catalogue",
                           watch_catalogue(shared_.catalogue, *ports.catalogue, shared_.log));
    shards_.tasks(0).spawn("sweep_gates", sweep_gates(shared_.catalogue, *ports.catalogue, *ports.gates,
                                                      shared_.clock, shared_.log));
    if (shared_.certificate) {
      shards_.tasks(0).spawn("watch_certificate",
                             watch_certificate(shared_.certificate, shared_.log, shared_.metrics));
    }
    const journal::live::FeederParts feeder{
        .tail = shared_.tail, .journal = *ports.journal, .wake = *shared_.live_wake, .log = shared_.log};
    shards_.tasks(0).spawn("feed_streams", journal::live::feed(feeder));
    start_audit_jobs();
    shards_.tasks(0).spawn("remove_old_deliveries",
                           remove_old_deliveries(std::chrono::days{config_.webhooks.keep_days},
                                                 *ports.webhooks, shared_.clock, shared_.log));
    if (config_.search_index)
      shards_.tasks(0).spawn("index_events", index_events(*ports.search, shared_.log));
  });
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    asio::post(shards_.loop(i), [this, i] {
      shards_.tasks(i).spawn("record_key_use",
                             record_key_use(services_[i]->identities(), shared_.clock, shared_.log));
    });
  }
}

void Node::start_audit_jobs() {
  const AuditParts parts{
      .sessions = *ports_[0].sessions, .audit = shared_.audit, .clock = shared_.clock, .log = shared_.log};
  auto& tasks = shards_.tasks(0);
  tasks.spawn("watch_signing_keys", watch_signing_keys(shared_.signing_keys, parts));
  tasks.spawn("record_limited_logins", record_limited_logins(shared_.limited_logins, parts));
  if (const std::chrono::days kept{config_.retention_audit_days}; kept.count() > 0)
    tasks.spawn("remove_old_audit", remove_old_audit(kept, parts));
}

void Node::reload() {
  (void)shared_.signing_keys.ask_again(0ms);
  if (!shared_.certificate) return;
  try {
    reload_certificate(*shared_.certificate, shared_.log);
  } catch (const Fault& fault) {
    shared_.log.error("app", "the certificate cannot be read again",
                      {{"error", std::string_view(fault.what())}});
  }
}

// What the audit log has counted and not written yet.
void Node::record_the_rest() {
  auto rest = shared_.limited_logins.take_all();
  if (rest.empty()) return;
  try {
    shards_.run_on(0, service::write_limited_logins(shared_.audit, *ports_[0].sessions, rest,
                                                    shared_.clock.now(), Deadline::after(last_rows_timeout)));
  } catch (const std::exception& error) {
    shared_.log.error("app", "refused logins are not in the audit log",
                      {{"error", std::string_view(error.what())}});
  }
}

void Node::drain(std::chrono::milliseconds patience) {
  if (is_stopped_) return;
  is_stopped_ = true;
  // Readiness says no before a connection is refused.
  shared_.is_draining = true;
  const auto until = std::chrono::steady_clock::now() + patience;
  for (auto* server : {server_.get(), metrics_server_.get()}) {
    if (server == nullptr) continue;
    server->drain();
    while (server->connection_count() > 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_until(std::chrono::steady_clock::now() + 5ms);
    server->terminate();
  }
  record_the_rest();
  webhook_sink_->stop(flush_patience);
  if (kafka_) kafka_->stop(flush_patience);
  database_->stop();
  shards_.stop(2s);
  if (background_) background_->stop(2s);
  shared_.live_wake.reset();  // its timer is of a loop that ends before what is shared
  shared_.hasher.stop();
  server_.reset();
  metrics_server_.reset();
}

}  // namespace xzepr::app

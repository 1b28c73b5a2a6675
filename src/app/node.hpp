// One running node: the database, the shards with their services, the pipelines, the background jobs. Built
// and torn down in one order; serve() drives it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/pipeline.hpp"
#include "api/rate_limit.hpp"
#include "api/route_table.hpp"
#include "api/stream/routes.hpp"
#include "app/config/config.hpp"
#include "app/kafka_sink.hpp"
#include "app/provider_logins.hpp"
#include "app/shards.hpp"
#include "app/signing_key_source.hpp"
#include "app/webhook_sink.hpp"
#include "http/server.hpp"
#include "redis/bucket_store.hpp"
#include "service/page.hpp"
#include "store/database.hpp"

namespace xzepr::app {

struct Shared;

/// Health of the store as this shard sees it, of the certificate, and of Redis when limits are shared.
class NodeHealth final : public api::HealthSource {
 public:
  NodeHealth(store::HealthProbe& probe, std::string_view store_kind, const Shared& shared);
  [[nodiscard]] Task<std::vector<api::HealthCheck>> check(Deadline deadline) override;
  [[nodiscard]] bool is_draining() const override;

 private:
  [[nodiscard]] Task<std::vector<api::HealthCheck>> ask(Deadline deadline);

  store::HealthProbe& probe_;
  std::string_view store_kind_;
  const Shared& shared_;
  std::vector<api::HealthCheck> last_;
  std::chrono::steady_clock::time_point asked_at_;
  bool is_asking_ = false;
};

/// What the shards of one process share.
struct Shared {
  explicit Shared(const Config& config, telemetry::Log& log, telemetry::Metrics& metrics);

  telemetry::Log& log;
  telemetry::Metrics& metrics;
  SystemClock clock;
  UlidSource ids;
  service::Catalogue catalogue;
  api::RouteTable routes;
  api::Pages pages;
  api::RateLimiter limiter;
  api::TrustedProxies proxies;
  api::CorsPolicy cors;
  std::shared_ptr<http::TlsCertificate> certificate;  ///< null over plain HTTP
  service::TokenPolicy tokens;
  identity::SigningKeyRing signing_keys;
  SigningKeySource key_source;
  service::PasswordHasher hasher;
  limits::BucketTable login_attempts;
  service::LimitedLogins limited_logins;
  service::AuditLog audit;
  std::optional<redis::Link> redis;  ///< when limits are shared
  api::SessionCookies cookies;
  std::optional<service::CsrfTokens> csrf;  ///< once the database has given the nodes' secret
  std::optional<Provider> provider;         ///< likewise, when one is configured
  std::optional<Wake> live_wake;            ///< of the feeder, on the first shard
  journal::live::Tail tail;
  api::stream::StreamSlots stream_slots;
  const KafkaSink* kafka = nullptr;     ///< set before the shards run, when brokers are configured
  service::WebhookSettings webhooks;    ///< its key once the database has given the nodes' secret
  WebhookSink* webhook_sink = nullptr;  ///< set before the shards run
  TimePoint started_at;
  std::atomic<bool> is_draining = false;
};

/// The use cases of one shard over its ports, and the pipeline on top.
class ShardServices {
 public:
  /// `shared_buckets` is null when this node counts alone.
  ShardServices(const store::Ports& ports, asio::io_context& loop, const service::CursorCodec& cursors,
                std::string_view store_kind, limits::SharedBuckets* shared_buckets, Shared& shared);

  [[nodiscard]] http::Application& application() { return pipeline_; }
  [[nodiscard]] service::IdentityService& identities() { return identities_; }

 private:
  service::EventService events_;
  service::ReceiverService receivers_;
  service::GroupService groups_;
  service::GateService gates_;
  service::ArtifactService artifacts_;
  service::ApplyService apply_;
  service::IdentityService identities_;
  std::optional<OpenIdLogins> provider_logins_;
  service::SessionService sessions_;
  service::BrowserSessionService browsers_;
  service::StreamTickets tickets_;
  service::UserService users_;
  service::SinkService sinks_;
  service::WebhookService webhooks_;
  service::WebhookDeliveries deliveries_;
  NodeHealth health_;
  api::stream::StreamParts streams_;
  api::Services services_;
  api::Pipeline pipeline_;
};

class Node {
 public:
  /// Opens the database and the shards and loads the catalogue. Throws Fault with one line that says what to
  /// do.
  Node(const Config& config, telemetry::Log& log, telemetry::Metrics& metrics,
       std::function<void()> on_fatal);
  ~Node();

  /// The key of the first administrator when there was none and this call made it.
  [[nodiscard]] std::optional<std::string> make_first_admin();
  /// A key of an administrator of this name, made now. Throws Fault.
  [[nodiscard]] std::string make_key(const std::string& username);
  /// Binds, listens and serves. Throws Fault.
  void start_serving();
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string_view store_kind() const { return database_->kind(); }
  /// What may have changed on disk: the certificate. Any thread.
  void reload();
  /// Answers what is in flight within `patience`, then stops all.
  void drain(std::chrono::milliseconds patience);

 private:
  void open_shards(std::size_t count);
  void open_secrets(Deadline deadline);
  void open_shared_buckets(std::size_t count);
  void open_sinks();
  void start_jobs();
  void start_audit_jobs();
  void record_the_rest();

  const Config& config_;
  Shared shared_;
  Shards shards_;
  std::optional<Shards> background_;  // when there is a sink
  std::unique_ptr<store::Database> database_;
  std::vector<store::Ports> ports_;
  std::optional<KafkaSink> kafka_;
  std::optional<WebhookSink> webhook_sink_;
  std::optional<service::CursorCodec> cursors_;
  std::vector<std::unique_ptr<redis::BucketStore>> shared_buckets_;  // one per shard, or none
  std::vector<std::unique_ptr<ShardServices>> services_;
  std::unique_ptr<http::Application> metrics_application_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> metrics_server_;
  bool is_stopped_ = false;
};

}  // namespace xzepr::app

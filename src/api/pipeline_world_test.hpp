// For tests: a pipeline over routes that say what they were given, with everything beneath played.
#pragma once

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include "api/answer_test.hpp"
#include "api/exchange.hpp"
#include "api/pipe_test.hpp"
#include "api/pipeline.hpp"
#include "api/store_away_test.hpp"
#include "json/parse.hpp"
#include "service/fake_sinks_test.hpp"
#include "store/memory_webhooks_test.hpp"

namespace xzepr::api {
namespace pipeline_world {

class NoHealth final : public HealthSource {
 public:
  Task<std::vector<HealthCheck>> check(Deadline) override { co_return std::vector<HealthCheck>{}; }
  bool is_draining() const override { return false; }
};

// Routes that say what they were given.
inline Result<http::Response> live(const Exchange&, const Services&) {
  return http::Response{.body = "live"};
}
inline Task<Result<http::Response>> echo(Exchange& exchange, const Services&) {
  http::Response response{.status = exchange.request.method == http::Method::post ? 201 : 200};
  response.body = exchange.path.empty() ? "none" : std::string(exchange.path[0]);
  if (exchange.idempotency) response.body = exchange.idempotency->route + " " + exchange.idempotency->key;
  co_return response;
}
inline Task<Result<http::Response>> fail(Exchange&, const Services&) {
  away();
  co_return http::Response{};
}
inline Task<Result<http::Response>> break_down(Exchange&, const Services&) {
  throw std::logic_error("at /srv/secret.cpp:7");
  co_return http::Response{};
}

inline constexpr std::array echo_query = {Parameter{.name = "name"}};
inline constexpr auto routes = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/live",
     .demand = identity::Permission::none,
     .action = live,
     .operation = "o",
     .summary = "s",
     .answers = done(),
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/open",
     .demand = identity::Permission::none,
     .action = echo,
     .operation = "o",
     .summary = "s",
     .answers = done()},
    {.method = http::Method::get,
     .path = "/things/{id}",
     .demand = identity::Permission::event_read,
     .action = echo,
     .operation = "o",
     .summary = "s",
     .answers = done(),
     .query = echo_query},
    {.method = http::Method::post,
     .path = "/things",
     .demand = identity::Permission::event_create,
     .action = echo,
     .operation = "o",
     .summary = "s",
     .answers = done(),
     .body = json_body("Thing")},
    {.method = http::Method::get,
     .path = "/away",
     .demand = identity::Permission::none,
     .action = fail,
     .operation = "o",
     .summary = "s",
     .answers = done()},
    {.method = http::Method::get,
     .path = "/broken",
     .demand = identity::Permission::none,
     .action = break_down,
     .operation = "o",
     .summary = "s",
     .answers = done()},
});

}  // namespace pipeline_world

class PipelineTest : public ::testing::Test {
 protected:
  explicit PipelineTest(RateLimitSettings settings = {.anonymous_rpm = 1'000,
                                                      .authenticated_rpm = 1'000,
                                                      .per_endpoint = {}},
                        limits::SharedBuckets* shared = nullptr)
      : limiter_(std::move(settings)) {
    table_.add(pipeline_world::routes);
    writer_ = credentials_.add(identity::Role::event_manager);
    viewer_ = credentials_.add(identity::Role::event_viewer);
    pipeline_.emplace(PipelineParts{.routes = table_,
                                    .limiter = limiter_,
                                    .shared_buckets = shared,
                                    .proxies = proxies_,
                                    .cors = cors_,
                                    .ids = ids_,
                                    .log = *log_,
                                    .metrics = metrics_},
                      services_);
  }

  http::Response ask(std::string_view method, std::string_view target, std::vector<http::Header> headers = {},
                     std::string_view body = {}) {
    http::Request request;
    request.method = http::parse_method(method);
    request.method_text = method;
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    request.headers = std::move(headers);
    request.body = body;
    request.peer = "192.0.2.1";
    http::Response response;
    std::exception_ptr escaped;
    asio::io_context loop;
    asio::co_spawn(loop, pipeline_->handle(request), [&](std::exception_ptr e, http::Response answered) {
      escaped = std::move(e);
      response = std::move(answered);
    });
    loop.run();
    if (escaped) std::rethrow_exception(escaped);
    return response;
  }
  http::Response ask_as(const std::string& key, std::string_view method, std::string_view target,
                        std::vector<http::Header> headers = {}, std::string_view body = {}) {
    headers.push_back({"X-API-Key", key});
    return ask(method, target, std::move(headers), body);
  }

  static std::string code(const http::Response& response) {
    const auto value = json::parse(response.body);
    if (!value) return "no JSON";
    const auto* found = value->get_object().if_contains("code");
    return found == nullptr ? "" : std::string(json::view(found->get_string()));
  }
  std::string logged() {
    log_.reset();
    return pipe_.read_all();
  }

  Pipe pipe_;
  std::optional<telemetry::Log> log_{std::in_place, telemetry::Level::info, telemetry::LogFormat::json,
                                     pipe_.in()};
  telemetry::Metrics metrics_;
  NoEvents events_;
  NoSearch search_;
  EmptyCatalogue catalogue_store_;
  Credentials credentials_;
  NoGates gates_;
  NoArtifacts artifacts_;
  pipeline_world::NoHealth health_;
  service::Catalogue catalogue_{*log_};
  service::CursorCodec cursors_{"secret"};
  UlidSource ids_;
  SystemClock clock_;
  service::EventService event_service_{events_, search_, catalogue_store_, catalogue_, cursors_, ids_};
  service::ReceiverService receiver_service_{catalogue_store_, events_, catalogue_, cursors_, ids_};
  service::GroupService group_service_{catalogue_store_, credentials_, events_, catalogue_, cursors_, ids_};
  service::GateService gate_service_{gates_, artifacts_, catalogue_store_, catalogue_, cursors_};
  service::ArtifactService artifact_service_{artifacts_, catalogue_store_, catalogue_, cursors_};
  service::ApplyService apply_service_{catalogue_store_, credentials_, events_, catalogue_, ids_};
  service::IdentityService identity_service_{credentials_, catalogue_store_, catalogue_, cursors_, ids_,
                                             *log_};
  NoSessions sessions_;
  service::TokenPolicy tokens_;
  identity::SigningKeyRing keys_;
  service::PasswordHasher hasher_{1};
  limits::BucketTable attempts_;
  service::LimitedLogins limited_;
  service::SessionService session_service_{credentials_,
                                           sessions_,
                                           catalogue_store_,
                                           catalogue_,
                                           {.policy = tokens_,
                                            .keys = keys_,
                                            .hasher = hasher_,
                                            .attempts = attempts_,
                                            .limited = limited_,
                                            .ids = ids_,
                                            .log = *log_}};
  service::CsrfTokens csrf_{"secret"};
  service::BrowserSessionService browser_service_{session_service_,
                                                  sessions_,
                                                  csrf_,
                                                  {.policy = tokens_,
                                                   .keys = keys_,
                                                   .hasher = hasher_,
                                                   .attempts = attempts_,
                                                   .limited = limited_,
                                                   .ids = ids_,
                                                   .log = *log_}};
  service::StreamTickets ticket_service_{session_service_, sessions_, credentials_};
  SessionCookies cookies_{true};
  service::UserService user_service_{credentials_, sessions_, catalogue_store_, catalogue_, cursors_, hasher_,
                                     ids_,         *log_};
  service::FakeSinks fake_sinks_;
  service::SinkService sink_service_{fake_sinks_, fake_sinks_, cursors_};
  store::MemoryWebhooks webhooks_{clock_};
  service::WebhookSettings webhook_settings_{.rules = {}, .key = std::string(32, 'k')};
  service::WebhookService webhook_service_{
      webhooks_, credentials_, catalogue_store_, catalogue_, cursors_, webhook_settings_, ids_, *log_};
  service::WebhookDeliveries delivery_service_{webhooks_, fake_sinks_, catalogue_store_, catalogue_, cursors_,
                                               [] {},     ids_};
  Pages pages_;
  Services services_{.events = event_service_,
                     .receivers = receiver_service_,
                     .groups = group_service_,
                     .gates = gate_service_,
                     .artifacts = artifact_service_,
                     .apply = apply_service_,
                     .identity = identity_service_,
                     .sessions = session_service_,
                     .browsers = browser_service_,
                     .tickets = ticket_service_,
                     .users = user_service_,
                     .sinks = sink_service_,
                     .webhooks = webhook_service_,
                     .deliveries = delivery_service_,
                     .signing_keys = keys_,
                     .health = health_,
                     .metrics = metrics_,
                     .pages = pages_,
                     .cookies = cookies_,
                     .clock = clock_,
                     .version = "0",
                     .started_at = {}};
  RouteTable table_;
  TrustedProxies proxies_;
  CorsPolicy cors_{
      {.origins = {"https://app.example.com"}, .methods = {"GET", "POST"}, .headers = {"X-API-Key"}}};
  RateLimiter limiter_;
  std::string writer_;
  std::string viewer_;
  std::optional<Pipeline> pipeline_;
};

}  // namespace xzepr::api

#include "api/pipeline.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "api/answer_test.hpp"
#include "api/exchange.hpp"
#include "api/pipe_test.hpp"
#include "api/store_away_test.hpp"
#include "json/parse.hpp"

namespace xzepr::api {
namespace {

class NoHealth final : public HealthSource {
 public:
  Task<std::vector<HealthCheck>> check(Deadline) override { co_return std::vector<HealthCheck>{}; }
  bool is_draining() const override { return false; }
};

// Routes that say what they were given.
Result<http::Response> live(const Exchange&, const Services&) { return http::Response{.body = "live"}; }
Task<Result<http::Response>> echo(Exchange& exchange, const Services&) {
  http::Response response{.status = exchange.request.method == http::Method::post ? 201 : 200};
  response.body = exchange.path.empty() ? "none" : std::string(exchange.path[0]);
  if (exchange.idempotency) response.body = exchange.idempotency->route + " " + exchange.idempotency->key;
  co_return response;
}
Task<Result<http::Response>> fail(Exchange&, const Services&) {
  away();
  co_return http::Response{};
}
Task<Result<http::Response>> break_down(Exchange&, const Services&) {
  throw std::logic_error("at /srv/secret.cpp:7");
  co_return http::Response{};
}

constexpr std::array echo_query = {Parameter{.name = "name"}};
constexpr auto routes = std::to_array<Route>({
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

class PipelineTest : public ::testing::Test {
 protected:
  explicit PipelineTest(RateLimitSettings settings = {.anonymous_rpm = 1'000,
                                                      .authenticated_rpm = 1'000,
                                                      .per_endpoint = {}},
                        limits::SharedBuckets* shared = nullptr)
      : limiter_(std::move(settings)) {
    table_.add(routes);
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
  NoHealth health_;
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
  service::SessionService session_service_{credentials_,
                                           sessions_,
                                           catalogue_store_,
                                           catalogue_,
                                           {.policy = tokens_,
                                            .keys = keys_,
                                            .hasher = hasher_,
                                            .attempts = attempts_,
                                            .ids = ids_,
                                            .log = *log_}};
  service::UserService user_service_{credentials_, sessions_, catalogue_store_, catalogue_, cursors_, hasher_,
                                     ids_,         *log_};
  Pages pages_;
  Services services_{.events = event_service_,
                     .receivers = receiver_service_,
                     .groups = group_service_,
                     .gates = gate_service_,
                     .artifacts = artifact_service_,
                     .apply = apply_service_,
                     .identity = identity_service_,
                     .sessions = session_service_,
                     .users = user_service_,
                     .signing_keys = keys_,
                     .health = health_,
                     .metrics = metrics_,
                     .pages = pages_,
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

using Pipelines = PipelineTest;

TEST_F(Pipelines, AnswerAProbeWithoutAskingAnybody) {
  const auto response = ask("GET", "/live");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "live");
  EXPECT_EQ(header_of(response, "X-RateLimit-Limit"), "");
  EXPECT_EQ(header_of(response, "X-Request-Id").size(), 26U);
  EXPECT_EQ(credentials_.lookups, 0);
}

TEST_F(Pipelines, PutSecurityHeadersOnEveryAnswer) {
  for (const std::string_view target : {"/live", "/nowhere", "/things/1", "/away", "/broken"}) {
    const auto block = ask("GET", target).header_block;
    for (const std::string_view name :
         {"X-Content-Type-Options: nosniff\r\n", "X-Frame-Options: DENY\r\n", "Content-Security-Policy: ",
          "Referrer-Policy: ", "X-XSS-Protection: 1; mode=block\r\n", "Cache-Control: no-store\r\n"}) {
      EXPECT_NE(block.find(name), std::string_view::npos) << target << name;
    }
    EXPECT_TRUE(block.ends_with("\r\n"));
  }
}

TEST_F(Pipelines, NeedACredentialForAllThatIsNotOpen) {
  const auto response = ask("GET", "/things/1");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(code(response), "credentials_missing");
  EXPECT_EQ(header_of(response, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(ask("GET", "/open").status, 200);
}

TEST_F(Pipelines, TakeAKeyFromEitherHeader) {
  EXPECT_EQ(ask("GET", "/things/1", {{"X-API-Key", writer_}}).body, "1");
  const auto bearer = "Bearer " + writer_;
  EXPECT_EQ(ask("GET", "/things/2", {{"Authorization", bearer}}).body, "2");
  EXPECT_EQ(credentials_.lookups, 1) << "the second time it is known";
}

TEST_F(Pipelines, RefuseCredentialsThatAreWrong) {
  const auto forged = identity::make_api_key();
  EXPECT_EQ(ask_as(forged, "GET", "/things/1").status, 401);
  EXPECT_EQ(credentials_.lookups, 1);
  EXPECT_EQ(ask_as("xzepr_nonsense", "GET", "/things/1").status, 401);
  EXPECT_EQ(credentials_.lookups, 1) << "a bad checksum asks no store";
  for (const std::string_view target : {"/live", "/open", "/things/1", "/nowhere"}) {
    EXPECT_EQ(ask("GET", target, {{"Authorization", "Bearer nothing"}}).status, 401) << target;
    EXPECT_EQ(code(ask("GET", target, {{"Authorization", "Bearer nothing"}, {"X-API-Key", writer_}})),
              "credentials_ambiguous")
        << target;
  }
}

TEST_F(Pipelines, RefuseAKeyInTheQuery) {
  EXPECT_EQ(code(ask("GET", "/things/1?api_key=xzepr_canary")), "credentials_in_query");
  EXPECT_EQ(code(ask_as(writer_, "GET", "/things/1?%61pi_key=xzepr_canary")), "credentials_in_query");
  EXPECT_EQ(code(ask("GET", "/live?api_key=xzepr_canary")), "credentials_in_query");
  EXPECT_EQ(logged().find("canary"), std::string::npos);
}

TEST_F(Pipelines, DemandThePermissionOfTheRoute) {
  const auto response = ask_as(viewer_, "POST", "/things", {{"Content-Type", "application/json"}}, "{}");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(code(response), "permission_denied");
  EXPECT_EQ(ask_as(viewer_, "GET", "/things/1").status, 200);
  EXPECT_EQ(ask_as(writer_, "POST", "/things", {{"Content-Type", "application/json"}}, "{}").status, 201);
}

TEST_F(Pipelines, TellNothingOfTheInputToWhoMayNotSendIt) {
  EXPECT_EQ(ask_as(viewer_, "POST", "/things?x=1", {{"Content-Type", "text/csv"}}, "a").status, 403);
}

TEST_F(Pipelines, SayWhatIsNotThereAndWhatIsNotAllowed) {
  const auto unknown = ask("GET", "/nowhere");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(code(unknown), "path_unknown");
  const auto refused = ask("DELETE", "/things");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(code(refused), "method_not_allowed");
  EXPECT_EQ(header_of(refused, "Allow"), "POST, OPTIONS");
  const auto options = ask("OPTIONS", "/things/1");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(header_of(options, "Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(options.body, "");
  EXPECT_EQ(ask("OPTIONS", "/nowhere").status, 404);
  EXPECT_EQ(ask("TRACE", "/things").status, 405);
}

TEST_F(Pipelines, TellAPageOfAnAdmittedOriginOnly) {
  for (const std::string_view target : {"/live", "/things/1", "/nowhere", "/random/1"}) {
    const auto admitted = ask("GET", target, {{"Origin", "https://app.example.com"}});
    EXPECT_EQ(header_of(admitted, "Access-Control-Allow-Origin"), "https://app.example.com") << target;
    const auto other = ask("GET", target, {{"Origin", "https://evil.example"}});
    EXPECT_EQ(header_of(other, "Access-Control-Allow-Origin"), "") << target;
    EXPECT_EQ(header_of(other, "Vary"), "Origin") << target;
  }
}

TEST_F(Pipelines, AnswerAPreflightWithoutACredential) {
  const auto may = ask("OPTIONS", "/things",
                       {{"Origin", "https://app.example.com"},
                        {"Access-Control-Request-Method", "POST"},
                        {"Access-Control-Request-Headers", "x-api-key"}});
  EXPECT_EQ(may.status, 204);
  EXPECT_EQ(header_of(may, "Access-Control-Allow-Methods"), "GET, POST");
  const auto refused = ask("OPTIONS", "/things",
                           {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(code(refused), "cors_refused");
  EXPECT_EQ(header_of(refused, "Access-Control-Allow-Origin"), "");
}

TEST_F(Pipelines, RefuseUnknownQueriesAndForeignBodies) {
  EXPECT_EQ(code(ask_as(writer_, "GET", "/things/1?nmae=x")), "query_invalid");
  EXPECT_EQ(code(ask_as(writer_, "GET", "/things/1?name=%zz")), "query_invalid");
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1?name=x").status, 200);
  EXPECT_EQ(ask_as(writer_, "POST", "/things", {{"Content-Type", "text/plain"}}, "{}").status, 415);
  EXPECT_EQ(ask_as(writer_, "POST", "/things",
                   {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, "{}")
                .status,
            415);
}

TEST_F(Pipelines, HandOnTheIdempotencyKeyWithItsScope) {
  const http::Header type{"Content-Type", "application/json"};
  EXPECT_EQ(ask_as(writer_, "POST", "/things", {type, {"Idempotency-Key", "k1"}}, "{}").body,
            "POST /things k1");
  EXPECT_EQ(code(ask_as(writer_, "POST", "/things", {type, {"Idempotency-Key", ""}}, "{}")),
            "idempotency_key_invalid");
  EXPECT_EQ(code(ask_as(writer_, "POST", "/things",
                        {type, {"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}, "{}")),
            "idempotency_key_invalid");
}

TEST_F(Pipelines, EchoOnlySafeRequestIds) {
  EXPECT_EQ(header_of(ask("GET", "/nowhere", {{"X-Request-Id", "mine-1"}}), "X-Request-Id"), "mine-1");
  EXPECT_EQ(header_of(ask("GET", "/nowhere", {{"X-Request-Id", "<b>\""}}), "X-Request-Id").size(), 26U);
  const std::string_view parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(header_of(ask("GET", "/live", {{"traceparent", parent}}), "traceparent"), parent);
  EXPECT_EQ(header_of(ask("GET", "/live", {{"traceparent", "x"}}), "traceparent"), "");
}

TEST_F(Pipelines, TellNothingInsideAndLogAll) {
  const auto fault = ask("GET", "/away");
  EXPECT_EQ(fault.status, 503);
  EXPECT_EQ(header_of(fault, "Retry-After"), "1");
  EXPECT_EQ(fault.body.find("hunter2"), std::string::npos);
  const auto bug = ask("GET", "/broken");
  EXPECT_EQ(bug.status, 500);
  EXPECT_EQ(code(bug), "internal");
  EXPECT_EQ(bug.body.find("secret.cpp"), std::string::npos);
  const auto lines = logged();
  EXPECT_NE(lines.find("hunter2"), std::string::npos);
  EXPECT_NE(lines.find("secret.cpp"), std::string::npos);
  EXPECT_NE(lines.find(header_of(bug, "X-Request-Id")), std::string::npos);
}

TEST_F(Pipelines, LogOneLineForEachRequestButNoneForProbes) {
  (void)ask("GET", "/live");
  (void)ask_as(writer_, "GET", "/things/secret-id");
  const auto lines = logged();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1) << lines;
  EXPECT_NE(lines.find("/things/{id}"), std::string::npos);
  EXPECT_EQ(lines.find("secret-id"), std::string::npos);
  EXPECT_EQ(lines.find(writer_), std::string::npos);
}

TEST_F(Pipelines, LogFailedAuthenticationAsAnError) {
  (void)ask_as("xzepr_wrong", "GET", "/things/1");
  const auto lines = logged();
  EXPECT_NE(lines.find("authentication failed"), std::string::npos);
  EXPECT_EQ(lines.find("xzepr_wrong"), std::string::npos);
}

TEST_F(Pipelines, MeasureByTemplateOnly) {
  for (int i = 0; i < 50; ++i) (void)ask("GET", "/random/" + std::to_string(i));
  (void)ask_as(writer_, "GET", "/things/1");
  (void)ask("BREW", "/things");
  const auto text = metrics_.render();
  EXPECT_NE(text.find(R"(xzepr_http_requests_total{method="GET",route="unmatched",status="404"} 50)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(xzepr_http_requests_total{method="GET",route="/things/{id}",status="200"} 1)"),
            std::string::npos);
  EXPECT_EQ(text.find("random"), std::string::npos);
  EXPECT_EQ(text.find("BREW"), std::string::npos);
}

TEST_F(Pipelines, AnswerWhatIsNoRequest) {
  const auto response = pipeline_->protocol_error(431, "headers_too_large", "too many");
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(code(response), "headers_too_large");
  EXPECT_FALSE(response.header_block.empty());
  EXPECT_EQ(header_of(pipeline_->protocol_error(503, "unavailable", "full"), "Retry-After"), "1");
}

class LimitedPipelines : public PipelineTest {
 protected:
  LimitedPipelines() : PipelineTest({.anonymous_rpm = 3, .authenticated_rpm = 5, .per_endpoint = {}}) {}
};

TEST_F(LimitedPipelines, CountAndTell) {
  const auto first = ask_as(writer_, "GET", "/things/1");
  EXPECT_EQ(header_of(first, "X-RateLimit-Limit"), "5");
  EXPECT_EQ(header_of(first, "X-RateLimit-Remaining"), "4");
  for (int i = 0; i < 4; ++i) (void)ask_as(writer_, "GET", "/things/1");
  const auto refused = ask_as(writer_, "GET", "/things/1");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code(refused), "rate_limited");
  EXPECT_NE(header_of(refused, "Retry-After"), "");
  EXPECT_EQ(header_of(refused, "X-RateLimit-Remaining"), "0");
  EXPECT_EQ(ask_as(viewer_, "GET", "/things/1").status, 200) << "another user has a bucket of its own";
  EXPECT_EQ(ask("GET", "/live").status, 200) << "probes are not counted";
}

TEST_F(LimitedPipelines, CountGuessesByAddressWhateverTheKey) {
  int unauthorized = 0;
  int limited = 0;
  for (int i = 0; i < 10; ++i) {
    const auto status = ask_as(identity::make_api_key(), "GET", "/things/1").status;
    unauthorized += status == 401 ? 1 : 0;
    limited += status == 429 ? 1 : 0;
  }
  EXPECT_EQ(unauthorized, 3);
  EXPECT_EQ(limited, 7);
}

class PlayedBuckets final : public limits::SharedBuckets {
 public:
  [[nodiscard]] bool is_up() const override { return up; }
  [[nodiscard]] Task<std::optional<std::array<limits::Taken, 2>>> take(limits::Demands demands) override {
    keys.push_back(demands.buckets[0].key);
    co_return says;
  }

  bool up = true;
  std::optional<std::array<limits::Taken, 2>> says;
  std::vector<std::string> keys;
};

class SharingPipelines : public PipelineTest {
 protected:
  SharingPipelines()
      : PipelineTest({.anonymous_rpm = 3, .authenticated_rpm = 5, .per_endpoint = {}}, &shared_) {}

  PlayedBuckets shared_;
};

TEST_F(SharingPipelines, TellWhatAllNodesCounted) {
  shared_.says = std::array{limits::Taken{.is_admitted = true, .tokens = 2}, limits::Taken{}};
  const auto admitted = ask_as(writer_, "GET", "/things/1");
  EXPECT_EQ(admitted.status, 200);
  EXPECT_EQ(header_of(admitted, "X-RateLimit-Remaining"), "2");
  shared_.says = std::array{limits::Taken{}, limits::Taken{}};
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 429);
  EXPECT_EQ(shared_.keys.size(), 2U);
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 429);
  EXPECT_EQ(shared_.keys.size(), 2U) << "who is over the limit is refused here";
}

TEST_F(SharingPipelines, CountAloneWithoutAnAnswer) {
  EXPECT_EQ(header_of(ask_as(writer_, "GET", "/things/1"), "X-RateLimit-Remaining"), "4");
  shared_.up = false;
  for (const auto* left : {"3", "2", "1", "0"})
    EXPECT_EQ(header_of(ask_as(writer_, "GET", "/things/1"), "X-RateLimit-Remaining"), left);
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 429);
  EXPECT_EQ(shared_.keys.size(), 1U) << "nobody waits for who is known to be away";
  EXPECT_TRUE(metrics_.render().contains("xzepr_rate_limit_alone_total 5\n"));
}

TEST_F(SharingPipelines, AskNobodyForWhatIsNotCounted) {
  EXPECT_EQ(ask("GET", "/live").status, 200);
  EXPECT_TRUE(shared_.keys.empty());
}

}  // namespace
}  // namespace xzepr::api

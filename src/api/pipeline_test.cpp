#include "api/pipeline_world_test.hpp"

namespace xzepr::api {
namespace {

using Pipelines = PipelineTest;

TEST_F(Pipelines, AnswerAProbeWithoutAskingAnybody) {
  const auto response = ask("GET", "/live");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "live");
  EXPECT_EQ(header_of(response, "X-RateLimit-Limit"), "");
  EXPECT_EQ(header_of(response, "X-Request-Id").size(), 26U);
  EXPECT_EQ(credentials_.lookups, 0);
}

// G04, G06.
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

// D13. Who cannot be asked for rights has allowed nothing.
TEST_F(Pipelines, AllowNothingWhileRightsCannotBeRead) {
  struct Case {
    std::function<void()> fails;
    int status;
    std::string_view code;
  };
  const std::vector<Case> cases = {
      {[] { throw Fault(Fault::Kind::unavailable, "the store is away"); }, 503, "unavailable"},
      {[] { throw std::runtime_error("a mistake of ours"); }, 500, "internal"}};
  for (const auto& one : cases) {
    credentials_.before_lookup = one.fails;
    for (const auto& [method, target] : {std::pair{"GET", "/things/1"}, std::pair{"POST", "/things"}}) {
      const auto refused = ask_as(writer_, method, target, {{"Content-Type", "application/json"}}, "{}");
      EXPECT_EQ(refused.status, one.status) << target;
      EXPECT_EQ(code(refused), one.code) << target;
    }
  }
  credentials_.before_lookup = nullptr;
  EXPECT_EQ(ask_as(writer_, "GET", "/things/1").status, 200);
  EXPECT_NE(metrics_.render().find(R"(route="/things/{id}",status="503"} 1)"), std::string::npos);
}

// G25.
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

// G22.
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

}  // namespace
}  // namespace xzepr::api

#include <gtest/gtest.h>

#include "client/events.hpp"
#include "client/pages.hpp"
#include "client/references.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::client {
namespace {

using namespace std::chrono_literals;

// A server that answers what it was told, in order, and remembers what it was asked.
struct FakeServer {
  std::vector<http::ClientResponse> answers;
  std::vector<http::ClientRequest> asked;

  Api api(std::string url = "http://h:1/", std::string key = "xzepr_k") {
    return Api({std::move(url), std::move(key)},
               [this](const http::ClientRequest& request) -> Result<http::ClientResponse> {
                 asked.push_back(request);
                 if (answers.empty()) {
                   return std::unexpected(
                       Error{.kind = Errc::unavailable, .code = "server_unreachable", .detail = "refused"});
                 }
                 auto answer = answers.front();
                 answers.erase(answers.begin());
                 return answer;
               });
  }
};

std::string header_of(const http::ClientRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(Api, SendsKeyBodyAndQuery) {
  FakeServer server{.answers = {{.status = 201, .body = "{\"id\":\"x\"}"}}};
  Api api = server.api();
  const Call call{.method = "POST",
                  .path = "/api/v1/events",
                  .query = {{"a b", "c&d"}},
                  .body = json::Value(json::Object{{"n", 1}}),
                  .idempotency_key = "i"};
  const Answer answer = api.send(call);
  ASSERT_TRUE(answer);
  EXPECT_EQ(text_of(*answer, "id"), "x");
  const http::ClientRequest& asked = server.asked.front();
  EXPECT_EQ(asked.url, "http://h:1/api/v1/events?a%20b=c%26d");
  EXPECT_EQ(header_of(asked, "X-API-Key"), "xzepr_k");
  EXPECT_EQ(header_of(asked, "Idempotency-Key"), "i");
  EXPECT_EQ(header_of(asked, "Content-Type"), "application/json");
  EXPECT_EQ(asked.body, "{\"n\":1}");
}

TEST(Api, AnAnonymousGetSendsNeitherKeyNorContentType) {
  FakeServer server{.answers = {{.status = 204}}};
  Api api = server.api("http://h", "");
  const Answer answer = api.get("/health");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->is_null());
  EXPECT_EQ(header_of(server.asked.front(), "X-API-Key"), "");
  EXPECT_EQ(header_of(server.asked.front(), "Content-Type"), "");
}

TEST(Api, AProblemBodyBecomesAFailureWithAllItSays) {
  FakeServer server{
      .answers = {{.status = 400,
                   .headers = {{"retry-after", "7"}},
                   .body = R"({"code":"payload_invalid","detail":"2 problems","hint":"do","request_id":"R",
                     "violations":[{"pointer":"/payload/a","keyword":"type","message":"must be integer"}]})"}}};
  Api api = server.api();
  const Answer answer = api.get("/x");
  ASSERT_FALSE(answer);
  const Failure& failure = answer.error();
  EXPECT_EQ(failure.status, 400);
  EXPECT_EQ(failure.code, "payload_invalid");
  EXPECT_EQ(failure.hint, "do");
  EXPECT_EQ(failure.request_id, "R");
  EXPECT_EQ(failure.where, "GET http://h:1/x");
  EXPECT_EQ(failure.violations.at(0).pointer, "/payload/a");
  EXPECT_EQ(failure.retry_after, 7s);
}

TEST(Api, APageOfAProxyIsAFailureToo) {
  FakeServer server{
      .answers = {{.status = 502, .body = "<html>bad gateway"}, {.status = 200, .body = "<html>hello"}}};
  Api api = server.api();
  const Answer bad = api.get("/x");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, "http_502");
  EXPECT_TRUE(is_passing(bad.error()));
  const Answer strange = api.get("/x");
  ASSERT_FALSE(strange);
  EXPECT_EQ(strange.error().code, "answer_unreadable");
}

TEST(Api, NoAnswerIsStatusZero) {
  FakeServer server;
  Api api = server.api();
  const Answer answer = api.get("/x");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().status, 0);
  EXPECT_EQ(answer.error().code, "server_unreachable");
}

TEST(Api, ChecksUrls) {
  for (const std::string_view url : {"http://h", "https://h.example:8042/base", "http://[::1]:1"})
    EXPECT_TRUE(check_url(url)) << url;
  for (const std::string_view url :
       {"", "h:1", "ftp://h", "http://", "http:///x", "http://u:p@h", "http://h?x=1", "http://h\n"})
    EXPECT_FALSE(check_url(url)) << url;
}

TEST(Paths, EncodeReferences) {
  EXPECT_EQ(path_of("receivers", "a/b@1", "/validate"), "/api/v1/receivers/a%2Fb%401/validate");
}

http::ClientResponse page(std::string data, std::string next) {
  const std::string more = next.empty() ? "false" : "true";
  return {.status = 200,
          .body = "{\"data\":" + data + ",\"pagination\":{\"limit\":2,\"next\":" +
                  (next.empty() ? "null" : "\"" + next + "\"") + ",\"has_more\":" + more + "}}"};
}

TEST(Pages, FollowsTheCursorUntilTheEnd) {
  FakeServer server{.answers = {page("[1,2]", "c1"), page("[3]", "")}};
  Api api = server.api();
  std::size_t count = 0;
  const auto more =
      for_each_item(api, {.path = "/l", .query = {{"name", "n"}}}, [&](const json::Value&) { ++count; });
  ASSERT_TRUE(more);
  EXPECT_FALSE(*more);
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(server.asked.at(0).url, "http://h:1/l?name=n&limit=1000");
  EXPECT_EQ(server.asked.at(1).url, "http://h:1/l?name=n&limit=1000&after=c1");
}

TEST(Pages, StopsAtTheLimitAndSaysThatThereIsMore) {
  FakeServer server{.answers = {page("[1,2]", "c1")}};
  Api api = server.api();
  const auto more = for_each_item(api, {.path = "/l", .limit = 2}, [](const json::Value&) {});
  ASSERT_TRUE(more);
  EXPECT_TRUE(*more);
  EXPECT_EQ(server.asked.at(0).url, "http://h:1/l?limit=2");
}

TEST(Pages, ACursorThatStandsStillEndsTheWalk) {
  FakeServer server{.answers = {page("[1]", "c"), page("[1]", "c")}};
  Api api = server.api();
  EXPECT_TRUE(for_each_item(api, {.path = "/l"}, [](const json::Value&) {}));
  EXPECT_EQ(server.asked.size(), 2U);
}

TEST(Pages, ATotalIsAskedForWithoutTheItems) {
  FakeServer server{.answers = {{.status = 200, .body = R"({"data":[1],"pagination":{"total":7}})"},
                                {.status = 200, .body = R"({"data":[1],"pagination":{}})"}}};
  Api api = server.api();
  EXPECT_EQ(count_items(api, {.path = "/l", .query = {{"name", "n"}}}), 7);
  EXPECT_EQ(server.asked.at(0).url, "http://h:1/l?name=n&limit=1&count=exact");
  EXPECT_EQ(count_items(api, {.path = "/l"}).error().code, "answer_unreadable");
}

TEST(Events, NamesTheReceiverByIdOrByName) {
  NewEvent event{.receiver = "build@1",
                 .name = "app",
                 .version = "1",
                 .release = "0",
                 .platform_id = "any",
                 .package = "generic"};
  EXPECT_EQ(text_of(body_of(event), "event_receiver"), "build@1");
  event.receiver = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_EQ(text_of(body_of(event), "event_receiver_id"), event.receiver);
  event.receiver.clear();
  EXPECT_EQ(
      json::write(body_of(event)),
      R"({"name":"app","version":"1","release":"0","platform_id":"any","package":"generic","success":true,"payload":{}})");
}

TEST(Events, ReadsTheResultsOfABatch) {
  const auto answer = json::parse(R"({"data":[{"status":201,"id":"a"},{"status":201,"id":"b","replayed":true},
    {"status":400,"error":{"code":"payload_invalid","detail":"d"}},{"status":404,"code":"x_unknown","detail":"e"}]})");
  const auto items = batch_items(*answer, 4);
  ASSERT_TRUE(items);
  EXPECT_FALSE(items->at(0).is_replayed);
  EXPECT_TRUE(items->at(1).is_replayed);
  EXPECT_EQ(items->at(2).failure.value().code, "payload_invalid");
  EXPECT_EQ(items->at(3).failure.value().code, "x_unknown");
  EXPECT_FALSE(batch_items(*answer, 5));
}

TEST(References, ThatFitAPathAreTakenAsTheyAre) {
  FakeServer server;
  Api api = server.api();
  EXPECT_EQ(resolve(api, "receivers", "build@1").value_or(""), "build@1");
  EXPECT_TRUE(server.asked.empty());
}

TEST(References, WithASlashAreLookedUpByName) {
  FakeServer server{
      .answers = {page(R"([{"id":"R1"}])", ""), page("[]", ""), page(R"([{"id":"R1"},{"id":"R2"}])", "")}};
  Api api = server.api();
  EXPECT_EQ(resolve(api, "receivers", "team/build@1.0").value_or(""), "R1");
  EXPECT_EQ(server.asked.at(0).url, "http://h:1/api/v1/receivers?name=team%2Fbuild&version=1.0&limit=10");
  EXPECT_EQ(resolve(api, "groups", "a/b").error().code, "group_unknown");
  EXPECT_EQ(resolve(api, "groups", "a/b").error().status, 409);
}

TEST(References, WithAControlCharacterNameNothing) {
  FakeServer server;
  Api api = server.api();
  EXPECT_EQ(resolve(api, "receivers", "a\x1b[31m").error().code, "receiver_unknown");
  EXPECT_TRUE(server.asked.empty());
}

TEST(References, AWholeArtifactNeedsNoCall) {
  FakeServer server{.answers = {page(R"([{"id":"abc"}])", ""), page("[]", "")}};
  Api api = server.api();
  EXPECT_EQ(resolve_artifact(api, "a@1+2/amd64/deb").value_or("").size(), 32U);
  EXPECT_TRUE(server.asked.empty());
  EXPECT_EQ(resolve_artifact(api, "a@1/amd64").value_or(""), "abc");
  EXPECT_EQ(server.asked.at(0).url,
            "http://h:1/api/v1/artifacts?name=a&version=1&platform_id=amd64&limit=10");
  EXPECT_EQ(resolve_artifact(api, "a@1").error().code, "artifact_unknown");
  EXPECT_EQ(resolve_artifact(api, "").error().status, 400);
}

}  // namespace
}  // namespace xzepr::client

#include "http/message.hpp"

#include <gtest/gtest.h>

#include "http/query.hpp"
#include "http/response_writer.hpp"
#include "http/router.hpp"

namespace xzepr::http {
namespace {

constexpr std::string_view date = "Date: x\r\n";

std::string head_of(const Response& response, AfterResponse after = AfterResponse::keep_alive) {
  std::string out;
  append_head(out, response, after, date);
  return out;
}

std::string decoded(std::string_view text) {
  const auto parameters = parse_query(text);
  if (!parameters) return "refused";
  std::string out;
  for (const auto& [name, value] : *parameters) out += name + "=" + value + ";";
  return out;
}

Router make_router() {
  Router router;
  router.add(Method::get, "/");                                    // 0
  router.add(Method::get, "/api/v1/events");                       // 1
  router.add(Method::post, "/api/v1/events");                      // 2
  router.add(Method::get, "/api/v1/events/{id}");                  // 3
  router.add(Method::post, "/api/v1/events/batch");                // 4
  router.add(Method::delete_, "/api/v1/groups/{id}/members/{m}");  // 5
  router.add(Method::get, "/api/v1/events/{id}/children");         // 6
  return router;
}

}  // namespace

TEST(Method, RoundTripsAndKnowsNoOther) {
  for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                            Method::delete_, Method::options}) {
    EXPECT_EQ(parse_method(to_string(method)), method);
  }
  EXPECT_EQ(parse_method("TRACE"), Method::other);
  EXPECT_EQ(parse_method(""), Method::other);
}

TEST(ResponseHead, HasDateLengthAndTypeAndTheGivenHeaders) {
  Response response{.status = 201, .body = "{}"};
  response.set("Location", "/x");
  EXPECT_EQ(head_of(response),
            "HTTP/1.1 201 Created\r\nDate: x\r\nContent-Length: 2\r\nContent-Type: "
            "application/json\r\nLocation: /x\r\n\r\n");
  EXPECT_TRUE(has_body(response, Method::get));
  EXPECT_FALSE(has_body(response, Method::head));
}

TEST(ResponseHead, NamesTheCharacterSetOfTextOnly) {
  EXPECT_NE(head_of({.content_type = "text/html"}).find("Content-Type: text/html; charset=utf-8\r\n"),
            std::string::npos);
  EXPECT_NE(head_of({.content_type = "text/plain; charset=utf-8"})
                .find("Content-Type: text/plain; charset=utf-8\r\n"),
            std::string::npos);
  EXPECT_EQ(head_of({.content_type = ""}).find("Content-Type"), std::string::npos);
}

TEST(ResponseHead, HasNoLengthWhereNoBodyCanBe) {
  for (const int status : {204, 304}) {
    const Response response{.status = status, .body = "ignored"};
    EXPECT_EQ(head_of(response).find("Content-"), std::string::npos);
    EXPECT_FALSE(has_body(response, Method::get));
  }
}

TEST(ResponseHead, SaysWhatHappensToTheConnection) {
  EXPECT_EQ(head_of({}).find("Connection"), std::string::npos);
  EXPECT_NE(head_of({}, AfterResponse::close).find("Connection: close\r\n"), std::string::npos);
  EXPECT_NE(head_of({}, AfterResponse::keep_alive_1_0).find("Connection: keep-alive\r\n"), std::string::npos);
}

TEST(ResponseHeadDeathTest, NeverWritesAHeaderThatCouldStartAnotherResponse) {
  Response response;
  response.set("X", "a\r\nSet-Cookie: b");
  EXPECT_DEATH(head_of(response), "find_first_of");
}

TEST(Date, IsWrittenAsRfc9110Demands) {
  EXPECT_EQ(make_date_line(std::chrono::sys_seconds{std::chrono::seconds{784111777}}),
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

TEST(Query, DecodesPairsOnce) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("a=1&b=2"), "a=1;b=2;");
  EXPECT_EQ(decoded("a=1+2%2B3&a=%2525&&c"), "a=1 2+3;a=%25;c=;");
  EXPECT_EQ(decoded("=x&y=a=b"), "=x;y=a=b;");
  EXPECT_EQ(decoded("payload.%2Fa%2Fb=%7B%7D"), "payload./a/b={};");
}

TEST(Query, RefusesWhatCannotBeText) {
  for (const auto* bad : {"a=%", "a=%1", "a=%zz", "a=%00", "%00=a", "a=%ff", "a=%c0%af", "a=%ed%a0%80"})
    EXPECT_EQ(decoded(bad), "refused") << bad;
  std::string many = "a=1";
  for (int i = 1; i < 100; ++i) many += "&a=1";
  EXPECT_NE(decoded(many), "refused");
  EXPECT_EQ(decoded(many + "&a=1"), "refused");
}

TEST(PercentCoding, RoundTripsEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a b/\xC3\xBC~"), "a%20b%2F%C3%BC~");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_FALSE(percent_decode("%4"));
}

TEST(Router, FindsLiteralsBeforeParameters) {
  const auto router = make_router();
  EXPECT_EQ(router.match(Method::get, "/").route, 0U);
  EXPECT_EQ(router.match(Method::post, "/api/v1/events").route, 2U);
  EXPECT_EQ(router.match(Method::post, "/api/v1/events/batch").route, 4U);
  const auto by_id = router.match(Method::get, "/api/v1/events/01J");
  EXPECT_EQ(by_id.route, 3U);
  EXPECT_EQ(by_id.parameters, std::vector<std::string_view>{"01J"});
  const auto member = router.match(Method::delete_, "/api/v1/groups/g 1/members/m");
  EXPECT_EQ(member.route, 5U);
  EXPECT_EQ(member.parameters, (std::vector<std::string_view>{"g 1", "m"}));
  EXPECT_EQ(router.match(Method::get, "/api/v1/events/batch/children").parameters,
            std::vector<std::string_view>{"batch"});
}

TEST(Router, HeadFindsGet) { EXPECT_EQ(make_router().match(Method::head, "/api/v1/events").route, 1U); }

TEST(Router, TellsUnknownPathsFromForbiddenMethods) {
  const auto router = make_router();
  for (const auto* path :
       {"/x", "/api", "/api/v1/events/a/b", "/API/v1/events", "", "*", "/api/v1/events//children"}) {
    EXPECT_EQ(router.match(Method::get, path).outcome, Router::Outcome::path_unknown) << path;
  }
  const auto refused = router.match(Method::patch, "/api/v1/events");
  EXPECT_EQ(refused.outcome, Router::Outcome::method_not_allowed);
  EXPECT_EQ(refused.allowed, (std::vector<Method>{Method::get, Method::head, Method::post, Method::options}));
  EXPECT_EQ(router.match(Method::get, "/api/v1/events/batch").outcome, Router::Outcome::method_not_allowed);
  EXPECT_EQ(router.match(Method::options, "/").outcome, Router::Outcome::method_not_allowed);
}

TEST(RouterDeathTest, RefusesTheSameRouteTwice) {
  auto router = make_router();
  EXPECT_DEATH(router.add(Method::get, "/api/v1/events/{other}"), "routes");
}

}  // namespace xzepr::http

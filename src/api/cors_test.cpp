#include "api/cors.hpp"

#include <gtest/gtest.h>

#include "api/answer_test.hpp"

namespace xzepr::api {
namespace {

const CorsRules usual_rules{.origins = {"https://app.example.com", "http://localhost:3000"},
                            .methods = {"GET", "POST"},
                            .headers = {"Authorization", "Content-Type"},
                            .allow_credentials = true,
                            .max_age_seconds = 600};

http::Response answer_to(std::string_view origin, const CorsRules& rules = usual_rules) {
  http::Response response;
  CorsPolicy(rules).decorate({.origin = origin}, response);
  return response;
}

std::string preflight_of(std::string_view origin, std::string_view method, std::string_view headers = "") {
  const auto answer =
      CorsPolicy(usual_rules)
          .preflight({.origin = origin, .requested_method = method, .requested_headers = headers});
  return answer ? std::string(header_of(*answer, "Access-Control-Allow-Methods")) : answer.error().detail;
}

}  // namespace

TEST(Cors, WithoutAnOriginNothingIsSaid) {
  EXPECT_TRUE(answer_to("https://app.example.com", {}).headers.empty());
  EXPECT_FALSE(CorsPolicy().is_enabled());
}

TEST(Cors, AnAdmittedOriginMayRead) {
  const auto answer = answer_to("https://app.example.com");
  EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "https://app.example.com");
  EXPECT_EQ(header_of(answer, "Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(header_of(answer, "Vary"), "Origin");
  EXPECT_NE(header_of(answer, "Access-Control-Expose-Headers").find("ETag"), std::string_view::npos);
}

TEST(Cors, G01OriginsThatOnlyLookLikeAnAdmittedOneMayNot) {
  for (const std::string_view origin : {"https://evil.example",
                                        "null",
                                        "",
                                        "https://app.example.com.evil.com",
                                        "http://app.example.com",
                                        "https://app.example.com:443",
                                        "https://app.example.com:8443",
                                        "https://APP.example.com",
                                        "HTTPS://app.example.com",
                                        "https://app.example.com/",
                                        "https://app.example.com.",
                                        "https://app.example.co",
                                        "https://xapp.example.com",
                                        "https://app-example.com",
                                        "https://a.app.example.com",
                                        "https://example.com",
                                        "https://app.example.com@evil.com",
                                        "https://evil.com#https://app.example.com",
                                        "https://evil.com?https://app.example.com",
                                        "https://app.example.com https://evil.com",
                                        "https://app.example.com,https://evil.com",
                                        "file://",
                                        "data:",
                                        "app.example.com",
                                        "//app.example.com",
                                        "https://app.example.com\t",
                                        "https://app%2eexample.com",
                                        "https://[::1]",
                                        "http://localhost:3001",
                                        "http://localhost",
                                        "http://127.0.0.1:3000",
                                        "*"}) {
    const auto answer = answer_to(origin);
    EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(header_of(answer, "Access-Control-Allow-Credentials"), "") << origin;
    EXPECT_EQ(header_of(answer, "Vary"), "Origin") << origin;
  }
}

TEST(Cors, AnyOriginNeverComesWithCredentials) {
  auto rules = usual_rules;
  rules.origins = {"*"};
  const auto answer = answer_to("https://evil.example", rules);
  EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header_of(answer, "Access-Control-Allow-Credentials"), "");
}

TEST(Cors, G02APreflightForWhatIsNotListedIsRefused) {
  constexpr std::string_view app = "https://app.example.com";
  EXPECT_EQ(preflight_of(app, "POST", "content-type,AUTHORIZATION , "), "GET, POST");
  EXPECT_EQ(preflight_of("https://evil.example", "POST"), "this origin may not call the API from a web page");
  for (const std::string_view method : {"DELETE", "post", "POST ", "TRACE", "*"})
    EXPECT_EQ(preflight_of(app, method), "this method is not open to web pages") << method;
  for (const std::string_view headers : {"x-evil", "content-type,x-evil", "content-type x", "*"})
    EXPECT_EQ(preflight_of(app, "POST", headers), "a request header is not open to web pages") << headers;
}

}  // namespace xzepr::api

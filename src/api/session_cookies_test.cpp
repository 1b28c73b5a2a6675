#include "api/session_cookies.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

std::vector<std::string> cookies_of(const http::Response& response) {
  std::vector<std::string> found;
  for (const auto& [header, value] : response.headers) {
    if (header == "Set-Cookie") found.push_back(value);
  }
  return found;
}

service::BrowserSession browser_session() {
  return {
      .secret = "xzb_s", .csrf_token = "c", .expires_at = {}, .lifetime = std::chrono::hours{1}, .user = {}};
}

}  // namespace

// B22
TEST(SessionCookies, AreOfThisHostOverHttpsOnlyAndHidden) {
  http::Response response;
  SessionCookies(true).set(response, browser_session());
  EXPECT_EQ(cookies_of(response),
            (std::vector<std::string>{
                "__Host-xzepr-session=xzb_s; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure",
                "__Host-xzepr-csrf=c; Path=/; Max-Age=3600; SameSite=Strict; Secure"}));
}

TEST(SessionCookies, HaveAnotherNameOverPlainHttp) {
  const SessionCookies plain(false);
  http::Response response;
  plain.set(response, browser_session());
  EXPECT_EQ(cookies_of(response).front(),
            "xzepr-session=xzb_s; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict");
  EXPECT_EQ(plain.secret("a=b; xzepr-session=xzb_s"), "xzb_s");
  EXPECT_EQ(plain.secret("__Host-xzepr-session=xzb_s"), "");
  EXPECT_EQ(SessionCookies(true).secret("xzepr-session=xzb_s"), "");
}

TEST(SessionCookies, AreTakenAway) {
  http::Response response;
  SessionCookies(true).clear(response);
  for (const auto& cookie : cookies_of(response))
    EXPECT_NE(cookie.find("=; Path=/; Max-Age=0;"), cookie.npos);
}

}  // namespace xzepr::api

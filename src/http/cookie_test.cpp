#include "http/cookie.hpp"

#include <gtest/gtest.h>

namespace xzepr::http {

TEST(Cookie, IsFoundByItsWholeName) {
  EXPECT_EQ(cookie_value("a=1; b=2;c=3", "a"), "1");
  EXPECT_EQ(cookie_value("a=1; b=2;c=3", "b"), "2");
  EXPECT_EQ(cookie_value("a=1; b=2;c=3", "c"), "3");
  EXPECT_EQ(cookie_value("ab=1; xa=2", "a"), "");
  EXPECT_EQ(cookie_value("A=1", "a"), "");
  EXPECT_EQ(cookie_value("a==1=", "a"), "=1=");
  EXPECT_EQ(cookie_value("", "a"), "");
  EXPECT_EQ(cookie_value(";;; ;a", "a"), "");
}

TEST(Cookie, ThatComesTwiceIsNone) {
  EXPECT_EQ(cookie_value("a=1; a=2", "a"), "");
  EXPECT_EQ(cookie_value("a=1; b=3; a=1", "a"), "");
  EXPECT_EQ(cookie_value("a=1; b=3; a=1", "b"), "3");
}

TEST(Cookie, IsSetForThisHostOnly) {
  EXPECT_EQ(to_header({.name = "__Host-a", .value = "v", .lifetime = std::chrono::seconds{60}}),
            "__Host-a=v; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(to_header({.name = "a",
                       .value = "",
                       .lifetime = std::chrono::seconds{0},
                       .same_site = SameSite::lax,
                       .is_secure = false,
                       .is_hidden = false}),
            "a=; Path=/; Max-Age=0; SameSite=Lax");
}

}  // namespace xzepr::http

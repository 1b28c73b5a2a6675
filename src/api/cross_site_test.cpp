#include "api/cross_site.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

struct Sent {
  std::string_view fetch_site;
  std::string_view origin;
  std::string_view host = "xzepr.example.com:8042";
};

bool is_admitted(const Sent& sent) {
  http::Request request{.method = http::Method::post};
  if (!sent.host.empty()) request.headers.push_back({"Host", sent.host});
  if (!sent.origin.empty()) request.headers.push_back({"Origin", sent.origin});
  if (!sent.fetch_site.empty()) request.headers.push_back({"Sec-Fetch-Site", sent.fetch_site});
  const auto checked = check_same_origin(request, read_head(request));
  if (!checked) {
    EXPECT_EQ(checked.error().code, "csrf_refused");
  }
  return checked.has_value();
}

}  // namespace

TEST(CrossSite, WhatTheBrowserSaysOfItsPageCounts) {
  EXPECT_TRUE(is_admitted({.fetch_site = "same-origin", .origin = "https://xzepr.example.com:8042"}));
  EXPECT_TRUE(is_admitted({.fetch_site = "same-origin", .origin = "https://behind-a-proxy.example"}));
  EXPECT_TRUE(is_admitted({.fetch_site = "none", .origin = ""}));
  for (const std::string_view site : {"cross-site", "same-site", "Same-Origin", "anything"})
    EXPECT_FALSE(is_admitted({.fetch_site = site, .origin = "https://xzepr.example.com:8042"})) << site;
}

TEST(CrossSite, AnOlderBrowserSaysItsOrigin) {
  EXPECT_TRUE(is_admitted({.fetch_site = "", .origin = ""})) << "no page at all";
  EXPECT_TRUE(is_admitted({.fetch_site = "", .origin = "https://xzepr.example.com:8042"}));
  EXPECT_TRUE(is_admitted({.fetch_site = "", .origin = "https://XZEPR.example.com:8042"}));
  for (const std::string_view origin :
       {"null", "https://evil.example", "https://xzepr.example.com", "https://xzepr.example.com:80420",
        "https://xzepr.example.com:8042.evil.example", "https://evil.example/xzepr.example.com:8042", "://",
        "xzepr.example.com:8042"}) {
    EXPECT_FALSE(is_admitted({.fetch_site = "", .origin = origin})) << origin;
  }
  EXPECT_FALSE(is_admitted({.fetch_site = "", .origin = "https://", .host = ""}));
}

TEST(CrossSite, ReadingIsSafe) {
  for (const auto method : {http::Method::get, http::Method::head, http::Method::options})
    EXPECT_TRUE(is_safe(method));
  for (const auto method : {http::Method::post, http::Method::put, http::Method::patch, http::Method::delete_,
                            http::Method::other})
    EXPECT_FALSE(is_safe(method));
}

}  // namespace xzepr::api

#include "api/client_address.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

TrustedProxies proxies(std::vector<std::string> blocks) { return *TrustedProxies::parse(blocks); }

Address seen(std::string_view peer, std::vector<std::string_view> forwarded, const TrustedProxies& trusted) {
  http::Request request;
  request.peer = peer;
  for (const auto value : forwarded) request.headers.push_back({.name = "x-forwarded-for", .value = value});
  return client_address(request, trusted);
}

Address address(std::string_view text) { return parse_address(text).value(); }

TEST(Address, IsReadInEverySpelling) {
  EXPECT_EQ(address("192.0.2.1"), address("::ffff:192.0.2.1"));
  EXPECT_EQ(address("192.0.2.1:80"), address("192.0.2.1"));
  EXPECT_EQ(address("[2001:db8::1]:443"), address("2001:DB8:0::1"));
  EXPECT_EQ(address(" 192.0.2.1 "), address("192.0.2.1"));
}

TEST(Address, IsRefusedWhenItIsNone) {
  for (const std::string_view text :
       {"", "unknown", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::g", "_hidden", "1.2.3.4, 5.6.7.8"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_FALSE(parse_address(std::string(10'000, '1')));
}

TEST(Address, LimitsAnIpv6ClientByItsNetwork) {
  EXPECT_EQ(limiter_key(address("2001:db8:1:2::1")), limiter_key(address("2001:db8:1:2:ffff::9")));
  EXPECT_NE(limiter_key(address("2001:db8:1:2::1")), limiter_key(address("2001:db8:1:3::1")));
  EXPECT_NE(limiter_key(address("192.0.2.1")), limiter_key(address("192.0.2.2")));
}

TEST(TrustedProxies, HoldTheirBlocks) {
  const auto trusted = proxies({"10.0.0.0/9", "2001:db8::/32", "192.0.2.7"});
  EXPECT_TRUE(trusted.contains(address("10.127.255.255")));
  EXPECT_FALSE(trusted.contains(address("10.128.0.0")));
  EXPECT_TRUE(trusted.contains(address("2001:db8:ffff::1")));
  EXPECT_FALSE(trusted.contains(address("2001:db9::1")));
  EXPECT_TRUE(trusted.contains(address("192.0.2.7")));
  EXPECT_FALSE(trusted.contains(address("192.0.2.8")));
}

TEST(TrustedProxies, RefuseWhatIsNoBlock) {
  for (const std::string text : {"10.0.0.0/33", "x/8", "10.0.0.0/", "2001:db8::/129", ""}) {
    const std::vector<std::string> blocks = {text};
    EXPECT_FALSE(TrustedProxies::parse(blocks)) << text;
  }
}

TEST(ClientAddress, BelievesNoHeaderOfAStranger) {
  EXPECT_EQ(seen("203.0.113.9", {"198.51.100.1"}, proxies({"10.0.0.0/8"})), address("203.0.113.9"));
  EXPECT_EQ(seen("203.0.113.9", {"198.51.100.1"}, {}), address("203.0.113.9"));
}

TEST(ClientAddress, IsTheRightMostThatIsNotOurs) {
  const auto trusted = proxies({"10.0.0.0/8"});
  EXPECT_EQ(seen("10.0.0.1", {"6.6.6.6, 198.51.100.1, 10.0.0.2"}, trusted), address("198.51.100.1"));
  EXPECT_EQ(seen("10.0.0.1", {"6.6.6.6", "198.51.100.1,10.0.0.2"}, trusted), address("198.51.100.1"));
  EXPECT_EQ(seen("10.0.0.1", {"6.6.6.6,198.51.100.1", "10.0.0.2"}, trusted), address("198.51.100.1"));
}

TEST(ClientAddress, StopsAtGarbage) {
  const auto trusted = proxies({"10.0.0.0/8"});
  EXPECT_EQ(seen("10.0.0.1", {"198.51.100.1, garbage"}, trusted), address("10.0.0.1"));
  EXPECT_EQ(seen("10.0.0.1", {"198.51.100.1, garbage, 10.0.0.2"}, trusted), address("10.0.0.2"));
  EXPECT_EQ(seen("10.0.0.1", {}, trusted), address("10.0.0.1"));
}

TEST(Address, IsWrittenInItsShortestForm) {
  for (const auto* text : {"192.0.2.1", "2001:db8::1", "::1"})
    EXPECT_EQ(to_string(parse_address(text).value()), text);
  EXPECT_EQ(to_string(parse_address("::ffff:192.0.2.1").value()), "192.0.2.1");
}

}  // namespace
}  // namespace xzepr::api

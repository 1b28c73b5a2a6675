#include "base/ip_class.hpp"

#include <array>

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace xzepr {
namespace {

IpAddress ip(std::string_view text) { return parse_ip_address(text).value(); }
IpNetwork network(std::string_view text) { return parse_ip_network(text).value(); }

constexpr auto not_public = std::to_array<std::string_view>({"0.0.0.0",
                                                             "0.255.255.255",
                                                             "10.0.0.0",
                                                             "10.255.255.255",
                                                             "100.64.0.0",
                                                             "100.127.255.255",
                                                             "127.0.0.0",
                                                             "127.0.0.1",
                                                             "127.255.255.255",
                                                             "169.254.0.0",
                                                             "169.254.169.254",
                                                             "169.254.255.255",
                                                             "172.16.0.0",
                                                             "172.31.255.255",
                                                             "192.0.0.0",
                                                             "192.0.0.255",
                                                             "192.0.2.0",
                                                             "192.0.2.255",
                                                             "192.31.196.1",
                                                             "192.52.193.1",
                                                             "192.88.99.1",
                                                             "192.168.0.0",
                                                             "192.168.255.255",
                                                             "192.175.48.1",
                                                             "198.18.0.0",
                                                             "198.19.255.255",
                                                             "198.51.100.1",
                                                             "203.0.113.1",
                                                             "224.0.0.0",
                                                             "239.255.255.255",
                                                             "240.0.0.0",
                                                             "255.255.255.254",
                                                             "255.255.255.255",
                                                             "::",
                                                             "::1",
                                                             "::127.0.0.1",
                                                             "::8.8.8.8",
                                                             "::ffff:127.0.0.1",
                                                             "::ffff:10.0.0.1",
                                                             "::ffff:0:127.0.0.1",
                                                             "fc00::",
                                                             "fdff:ffff::1",
                                                             "fd00:ec2::254",
                                                             "fe80::1",
                                                             "febf::1",
                                                             "fec0::1",
                                                             "ff00::",
                                                             "ff02::1",
                                                             "64:ff9b::7f00:1",
                                                             "64:ff9b::8.8.8.8",
                                                             "64:ff9b:1::1",
                                                             "2002:7f00:1::1",
                                                             "2002:808:808::1",
                                                             "2001::1",
                                                             "2001:0:7f00:1::1",
                                                             "2001:2::1",
                                                             "2001:10::1",
                                                             "2001:20::1",
                                                             "2001:1ff::1",
                                                             "2001:db8::1",
                                                             "3fff::1",
                                                             "3fff:fff::1",
                                                             "5f00::1",
                                                             "100::1",
                                                             "100:0:0:1::1",
                                                             "2620:4f:8000::1",
                                                             "4000::1",
                                                             "1fff:ffff::1",
                                                             "8000::1"});

constexpr auto next_to_them =
    std::to_array<std::string_view>({"1.0.0.0",         "8.8.8.8",        "9.255.255.255",
                                     "11.0.0.0",        "100.63.255.255", "100.128.0.0",
                                     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
                                     "169.255.0.0",     "172.15.255.255", "172.32.0.0",
                                     "191.255.255.255", "192.0.1.0",      "192.0.3.0",
                                     "192.167.255.255", "192.169.0.0",    "198.17.255.255",
                                     "198.20.0.0",      "198.51.99.255",  "198.51.101.0",
                                     "203.0.112.255",   "203.0.114.0",    "223.255.255.255",
                                     "2000::1",         "2001:200::1",    "2001:4860:4860::8888",
                                     "2001:db7::1",     "2001:db9::1",    "2003::1",
                                     "2620:4f:8001::1", "3ffe::1",        "3fff:1000::1",
                                     "::ffff:8.8.8.8"});

}  // namespace

TEST(IpAddress, HasOneFormHoweverItIsWritten) {
  EXPECT_EQ(ip("192.0.2.1"), ip("::ffff:192.0.2.1"));
  EXPECT_EQ(ip("192.0.2.1"), ip("::FFFF:c000:201"));
  EXPECT_EQ(to_string(ip("::ffff:192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(to_string(ip("2001:DB8:0:0::1")), "2001:db8::1");
  EXPECT_TRUE(is_v4(ip("192.0.2.1")));
  EXPECT_FALSE(is_v4(ip("::1")));
}

TEST(IpAddress, IsReadInItsStrictFormsOnly) {
  for (const std::string_view text :
       {"",           "1.2.3",    "1.2.3.4.5", "256.1.1.1",  "01.2.3.4",     "0x7f.0.0.1", "127.1",
        "2130706433", "1.2.3.4 ", " 1.2.3.4",  "1.2.3.4:80", "[::1]",        "::1%lo",     "fe80::1%eth0",
        "::g",        ":::",      "1::2::3",   "1.2.3.4.",   "::ffff:1.2.3", "localhost"}) {
    EXPECT_FALSE(parse_ip_address(text)) << text;
  }
  EXPECT_FALSE(parse_ip_address(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(parse_ip_address(std::string_view("::1\0.1", 6)));
  EXPECT_FALSE(parse_ip_address(std::string(10'000, '1')));
}

TEST(IpAddress, IsReadFromASocketAddress) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
  EXPECT_EQ(from_sockaddr(reinterpret_cast<const sockaddr&>(v4)), ip("192.0.2.1"));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
  EXPECT_EQ(from_sockaddr(reinterpret_cast<const sockaddr&>(v6)), ip("2001:db8::1"));
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &v6.sin6_addr);
  EXPECT_EQ(from_sockaddr(reinterpret_cast<const sockaddr&>(v6)), ip("127.0.0.1"));
  const sockaddr other{.sa_family = AF_UNIX, .sa_data = {}};
  EXPECT_FALSE(from_sockaddr(other));
}

TEST(IpNetwork, HoldsWhatSharesItsPrefix) {
  EXPECT_TRUE(network("10.0.0.0/9").contains(ip("10.127.255.255")));
  EXPECT_FALSE(network("10.0.0.0/9").contains(ip("10.128.0.0")));
  EXPECT_TRUE(network("10.1.2.3/8").contains(ip("10.9.9.9")));
  EXPECT_TRUE(network("192.0.2.7").contains(ip("192.0.2.7")));
  EXPECT_FALSE(network("192.0.2.7").contains(ip("192.0.2.6")));
  EXPECT_TRUE(network("2001:db8::/32").contains(ip("2001:db8:ffff::1")));
  EXPECT_FALSE(network("2001:db8::/32").contains(ip("2001:db9::")));
  EXPECT_TRUE(network("0.0.0.0/0").contains(ip("8.8.8.8")));
  EXPECT_FALSE(network("0.0.0.0/0").contains(ip("2001:db8::1")));
  EXPECT_TRUE(network("::/0").contains(ip("8.8.8.8")));
  EXPECT_EQ(network("::ffff:10.0.0.0/104"), network("10.0.0.0/8"));
}

TEST(IpNetwork, RefusesWhatIsNoBlock) {
  for (const std::string_view text :
       {"", "/", "/8", "x/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/8 ",
        "10.0.0.0/+8", "10/8", "2001:db8::/129"}) {
    EXPECT_FALSE(parse_ip_network(text)) << text;
  }
}

// First and last address of each block of the table, and the nearest public ones.
TEST(IpClass, G08NoSpecialPurposeAddressIsPublic) {
  for (const std::string_view text : not_public) {
    EXPECT_FALSE(is_public(ip(text))) << text;
    EXPECT_FALSE(special_purpose(ip(text)).empty()) << text;
  }
  for (const std::string_view text : next_to_them) {
    EXPECT_TRUE(is_public(ip(text))) << text;
  }
}

TEST(IpClass, SaysWhatAnAddressIsFor) {
  EXPECT_EQ(special_purpose(ip("127.0.0.1")), "loopback");
  EXPECT_EQ(special_purpose(ip("::1")), "loopback");
  EXPECT_EQ(special_purpose(ip("::")), "unspecified");
  EXPECT_EQ(special_purpose(ip("169.254.169.254")), "link-local");
  EXPECT_EQ(special_purpose(ip("255.255.255.255")), "broadcast");
  EXPECT_EQ(special_purpose(ip("64:ff9b::8.8.8.8")), "NAT64");
  EXPECT_EQ(special_purpose(ip("8.8.8.8")), "");
}

TEST(IpClass, G08EverySpellingOfIpv4IsSeen) {
  for (const std::string_view host :
       {"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "017700000001",
        "0177.0.0.1", "0177.1", "00000177.0x0.1", "127.0.0.1.", "127.1.", "0", "0x", "1.2.3.4.5",
        "256.256.256.256", "a.b.1", "08"}) {
    EXPECT_TRUE(looks_like_ipv4(host)) << host;
  }
  for (const std::string_view host : {"", ".", "example.com", "1.example.com", "1.2.3.4.example", "0xg", "a1",
                                      "1a", "abc", "::1", "xn--0"}) {
    EXPECT_FALSE(looks_like_ipv4(host)) << host;
  }
}

}  // namespace xzepr

#include "domain/webhook_url.hpp"

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace xzepr::domain {
namespace {

std::string why_not(std::string_view url, const WebhookUrlRules& rules = {}) {
  const auto checked = check_webhook_url(url, rules);
  return checked ? "" : checked.error();
}

WebhookUrlRules with_private(std::string_view block) {
  return {.private_networks = {parse_ip_network(block).value()}};
}

constexpr auto not_urls = std::to_array<std::string_view>({"",
                                                           "https",
                                                           "https:",
                                                           "https:/",
                                                           "https:/a.example",
                                                           "https://",
                                                           "https:///x",
                                                           "https://?x",
                                                           "//a.example",
                                                           "/a",
                                                           "a.example",
                                                           "https:a.example",
                                                           " https://a.example",
                                                           "https://a.example/ ",
                                                           "https://a.example/a b",
                                                           "https://a.example/\t",
                                                           "https://a.example/\r\nX-Evil: 1",
                                                           "https://a.example\\@b.example/",
                                                           "https://a.example\\b",
                                                           "https://a.example/\x7f",
                                                           "https://a.example/\xc3\xa9",
                                                           "https://b\xc3\xbc"
                                                           "cher.example/",
                                                           "https://a.example/%",
                                                           "https://a.example/%2",
                                                           "https://a.example/%zz",
                                                           "https://a.example/<x>",
                                                           "https://a.example/{x}",
                                                           "https://a.example/\"",
                                                           "https://a.example/[",
                                                           "https://a.example/#x",
                                                           "https://a.example#",
                                                           "https://u@a.example/",
                                                           "https://u:p@a.example/",
                                                           "https://@a.example/",
                                                           "https://:@a.example/",
                                                           "https://a.example:443@b.example/",
                                                           "https://a.example:",
                                                           "https://a.example:/",
                                                           "https://a.example:x",
                                                           "https://a.example:+443",
                                                           "https://a.example:-1",
                                                           "https://a.example:0",
                                                           "https://a.example:00443",
                                                           "https://a.example:65536",
                                                           "https://a.example:99999999999",
                                                           "https://a.example:443:443",
                                                           "https://a.example:44 3/",
                                                           "https://.",
                                                           "https://.a.example",
                                                           "https://a..example",
                                                           "https://a.example..",
                                                           "https://-a.example",
                                                           "https://a-.example",
                                                           "https://a_b.example",
                                                           "https://a%2eb.example",
                                                           "https://*.example",
                                                           "https://a,b",
                                                           "https://[",
                                                           "https://[]",
                                                           "https://]",
                                                           "https://[::1",
                                                           "https://[1.2.3.4]",
                                                           "https://[a.example]",
                                                           "https://[2001:4860::1%25eth0]/",
                                                           "https://[2001:4860::1%eth0]/",
                                                           "https://[2001:4860::1]x/",
                                                           "https://[2001:4860::1].",
                                                           "https://x[2001:4860::1]",
                                                           "https://[[2001:4860::1]]",
                                                           "https://2001:4860::1/"});

}  // namespace

TEST(WebhookUrl, IsTakenApart) {
  const auto url = check_webhook_url("HTTPS://Hooks.Example.com.:8443/a/%C3%A9?b=c&d=e%20f/?", {});
  ASSERT_TRUE(url) << url.error();
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_FALSE(url->address);
  EXPECT_EQ(url->text, "HTTPS://Hooks.Example.com.:8443/a/%C3%A9?b=c&d=e%20f/?");
  EXPECT_EQ(check_webhook_url("https://a.example", {})->port, 443);
  EXPECT_EQ(check_webhook_url("http://a.example/", {.allow_http = true})->port, 80);
  EXPECT_EQ(check_webhook_url("https://8.8.8.8/", {})->address, parse_ip_address("8.8.8.8"));
  const auto v6 = check_webhook_url("https://[2001:4860:4860::8888]:444/x", {});
  ASSERT_TRUE(v6) << v6.error();
  EXPECT_EQ(v6->host, "2001:4860:4860::8888");
  EXPECT_EQ(v6->port, 444);
  EXPECT_EQ(v6->address, parse_ip_address("2001:4860:4860::8888"));
}

TEST(WebhookUrl, MayBeAnyDnsName) {
  for (const std::string_view host :
       {"a", "intranet", "example.com", "1.example.com", "xn--bcher-kva.example", "a-b.c-d.example",
        "localhost.example.com", "mylocalhost", "1.2.3.4.example.com", "EXAMPLE.COM"}) {
    EXPECT_EQ(why_not(fmt::format("https://{}/", host)), "") << host;
  }
  EXPECT_EQ(why_not(fmt::format("https://{}.example/", std::string(63, 'a'))), "");
}

TEST(WebhookUrl, RefusesWhatIsNoUrl) {
  for (const std::string_view url : not_urls) {
    EXPECT_NE(why_not(url), "") << url;
  }
  EXPECT_NE(why_not(std::string_view("https://a.example/\0", 19)), "");
  EXPECT_NE(why_not(fmt::format("https://{}.example/", std::string(64, 'a'))), "");
  std::string long_name;
  for (int i = 0; i < 127; ++i) long_name += "a.";
  EXPECT_EQ(why_not(fmt::format("https://{}/", long_name.substr(0, 253))), "");
  EXPECT_NE(why_not(fmt::format("https://{}a/", long_name)), "");
}

TEST(WebhookUrl, HasABoundedLength) {
  const std::string start = "https://a.example/";
  EXPECT_EQ(why_not(start + std::string(2'048 - start.size(), 'a')), "");
  EXPECT_NE(why_not(start + std::string(2'049 - start.size(), 'a')), "");
}

TEST(WebhookUrl, G08NoAddressThatIsNotPublicIsSaved) {
  for (const std::string_view host : {"127.0.0.1",
                                      "127.255.255.254",
                                      "10.0.0.1",
                                      "10.255.255.255",
                                      "172.16.0.1",
                                      "172.31.255.255",
                                      "192.168.0.1",
                                      "169.254.169.254",
                                      "169.254.170.2",
                                      "100.64.0.1",
                                      "100.100.100.200",
                                      "0.0.0.0",
                                      "0.1.2.3",
                                      "192.0.0.1",
                                      "192.0.0.192",
                                      "198.18.0.1",
                                      "198.19.255.255",
                                      "224.0.0.1",
                                      "239.1.2.3",
                                      "240.0.0.1",
                                      "255.255.255.255",
                                      "[::1]",
                                      "[::]",
                                      "[fc00::1]",
                                      "[fd00:ec2::254]",
                                      "[fe80::1]",
                                      "[febf::1]",
                                      "[::ffff:127.0.0.1]",
                                      "[::ffff:7f00:1]",
                                      "[::FFFF:169.254.169.254]",
                                      "[0:0:0:0:0:ffff:a00:1]",
                                      "[64:ff9b::7f00:1]",
                                      "[64:ff9b::169.254.169.254]",
                                      "[2002:7f00:1::]",
                                      "[2002:a9fe:a9fe::1]",
                                      "[2001:0:7f00:1::]",
                                      "[::127.0.0.1]",
                                      "[ff02::1]"}) {
    EXPECT_NE(why_not(fmt::format("https://{}/", host)).find("is no public address"), std::string::npos)
        << host;
    EXPECT_NE(why_not(fmt::format("https://{}:8443/", host)), "") << host;
  }
}

TEST(WebhookUrl, G08NoOtherSpellingOfAnAddressIsSaved) {
  for (const std::string_view host :
       {"2130706433", "0x7f000001", "0x7f.1",     "0x7f.0.0.1", "0X7F.1",     "017700000001",
        "0177.0.0.1", "127.1",      "127.0.1",    "127.0.0.01", "127.0.0.1.", "134744072",
        "8.8.8.8.",   "010.8.8.8",  "0",          "0x",         "1.2.3.4.5",  "256.1.1.1",
        "3232235521", "0xa9fea9fe", "a.example.1"}) {
    EXPECT_EQ(why_not(fmt::format("https://{}/", host)),
              "an IPv4 address must be written as four decimal numbers")
        << host;
    EXPECT_NE(why_not(fmt::format("https://{}/", host), with_private("0.0.0.0/0")), "") << host;
  }
}

TEST(WebhookUrl, G08NoLocalhostIsSaved) {
  for (const std::string_view host :
       {"localhost", "localhost.", "LOCALHOST", "a.localhost", "a.b.LocalHost."}) {
    EXPECT_NE(why_not(fmt::format("https://{}/", host)), "") << host;
    EXPECT_NE(why_not(fmt::format("https://{}/", host), with_private("10.0.0.0/8")), "") << host;
    EXPECT_EQ(why_not(fmt::format("https://{}/", host), with_private("127.0.0.0/8")), "") << host;
  }
}

TEST(WebhookUrl, MayPointToAPrivateNetworkThatIsAllowed) {
  EXPECT_EQ(why_not("https://10.1.2.3/", with_private("10.0.0.0/8")), "");
  EXPECT_EQ(why_not("https://[::ffff:10.1.2.3]/", with_private("10.0.0.0/8")), "");
  EXPECT_NE(why_not("https://10.1.2.3/", with_private("192.168.0.0/16")), "");
  EXPECT_EQ(why_not("https://[fd00::1]/", with_private("fd00::/8")), "");
  EXPECT_TRUE(may_dial(parse_ip_address("8.8.8.8").value(), {}));
  EXPECT_FALSE(may_dial(parse_ip_address("10.0.0.1").value(), {}));
  EXPECT_TRUE(may_dial(parse_ip_address("10.0.0.1").value(), with_private("10.0.0.0/8")));
}

TEST(WebhookUrl, G10HasNoSchemeButHttps) {
  for (const std::string_view url :
       {"file:///etc/passwd", "file://localhost/etc/passwd", "gopher://a.example:70/_x", "ftp://a.example/",
        "dict://a.example/", "ldap://a.example/", "javascript:alert(1)", "data:text/plain,x",
        "ws://a.example/", "httpsx://a.example/", "xhttps://a.example/", "http://a.example/",
        "HTTP://a.example/"}) {
    EXPECT_EQ(why_not(url), "must begin with https://") << url;
  }
  EXPECT_EQ(why_not("http://a.example/", {.allow_http = true}), "");
  EXPECT_NE(why_not("gopher://a.example/", {.allow_http = true}), "");
}

TEST(WebhookUrl, G10HasNoPortOfAnotherProtocol) {
  for (const int port : {1, 22, 25, 53, 110, 143, 465, 587, 6000, 6667, 10080}) {
    EXPECT_NE(why_not(fmt::format("https://a.example:{}/", port)), "") << port;
  }
  for (const int port : {80, 443, 8080, 8443, 65535}) {
    EXPECT_EQ(why_not(fmt::format("https://a.example:{}/", port)), "") << port;
  }
  const WebhookUrlRules rules{.ports = {443, 8443, 25}};
  EXPECT_EQ(why_not("https://a.example/", rules), "");
  EXPECT_EQ(why_not("https://a.example:8443/", rules), "");
  EXPECT_NE(why_not("https://a.example:8080/", rules), "");
  EXPECT_NE(why_not("https://a.example:25/", rules), "");
}

}  // namespace xzepr::domain

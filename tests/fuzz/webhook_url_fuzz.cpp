// A URL that is taken holds nothing that another reader could take apart in another way, and points to no
// address that may not be dialled, in any spelling.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <arpa/inet.h>

#include "base/assert.hpp"
#include "domain/webhook_url.hpp"

namespace {

using xzepr::domain::WebhookUrl;
using xzepr::domain::WebhookUrlRules;

void check_host(const WebhookUrl& url, const WebhookUrlRules& rules) {
  XZEPR_ASSERT(!url.host.empty() && url.host.size() <= 253 && !url.host.ends_with('.'));
  XZEPR_ASSERT(url.address.has_value() == xzepr::parse_ip_address(url.host).has_value());
  if (url.address) {
    XZEPR_ASSERT(xzepr::domain::may_dial(*url.address, rules));
    return;
  }
  in_addr read{};
  XZEPR_ASSERT(inet_aton(url.host.c_str(), &read) == 0);
  XZEPR_ASSERT(url.host != "localhost" && !url.host.ends_with(".localhost"));
}

void check_text(const WebhookUrl& url) {
  XZEPR_ASSERT(url.port != 0 && url.port != 25);
  XZEPR_ASSERT(url.text.find_first_of("\\#<>\"{} ") == std::string::npos);
  XZEPR_ASSERT(std::ranges::all_of(url.text, [](char c) { return c > ' ' && c < 0x7F; }));
  // The host stands where the simplest of readers would look for it.
  const auto start = url.text.find("//") + 2;
  const auto authority = url.text.substr(start, url.text.find_first_of("/?", start) - start);
  XZEPR_ASSERT(authority.find('@') == std::string::npos && authority.size() >= url.host.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const WebhookUrlRules strict;
  const WebhookUrlRules wide{.allow_http = true,
                             .private_networks = {*xzepr::parse_ip_network("10.0.0.0/8")}};
  const auto url = xzepr::domain::check_webhook_url(text, wide);
  const auto narrow = xzepr::domain::check_webhook_url(text, strict);
  XZEPR_ASSERT(url || (!narrow && !url.error().empty()));
  if (narrow) {
    XZEPR_ASSERT(*narrow == *url && narrow->scheme == "https");
    check_host(*narrow, strict);
  }
  if (!url) return 0;
  XZEPR_ASSERT(url->text == text);
  check_host(*url, wide);
  check_text(*url);
  return 0;
}

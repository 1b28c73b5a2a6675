// Where a webhook may point: what is refused when it is saved. What a name resolves to is checked when it is
// dialled, by may_dial with the same rules. Pure; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_class.hpp"

namespace xzepr::domain {

struct WebhookUrlRules {
  bool allow_http = false;
  std::vector<IpNetwork> private_networks = {};  ///< may be dialled, though not public
  std::vector<std::uint16_t> ports = {};         ///< the only ones; empty: any but those of other protocols
};

struct WebhookUrl {
  std::string scheme;  ///< "https" or "http"
  std::string host;    ///< lower case, without a trailing dot and without brackets
  std::uint16_t port = 0;
  std::optional<IpAddress> address;  ///< when the host is one
  std::string text;                  ///< as it was written

  friend bool operator==(const WebhookUrl&, const WebhookUrl&) = default;
};

/// An absolute URL by the letter of RFC 3986, at most 2048 characters, without user and fragment, whose host
/// is a DNS name (RFC 1123 2.1; IDNA names as punycode), an IPv4 address of four decimal numbers or an IPv6
/// address in brackets. Localhost and addresses that may not be dialled are refused (G08), as is port 25 and
/// whatever else speaks no HTTP (G10). The error says what is wrong, for the client.
[[nodiscard]] std::expected<WebhookUrl, std::string> check_webhook_url(std::string_view text,
                                                                       const WebhookUrlRules& rules);

/// True for a public address, and for one of the private networks.
[[nodiscard]] bool may_dial(const IpAddress& address, const WebhookUrlRules& rules);

}  // namespace xzepr::domain

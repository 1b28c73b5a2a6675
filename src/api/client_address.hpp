// Who is really calling, when proxies stand between: the right-most address of X-Forwarded-For that is not
// one of ours. Nothing in the header is believed unless the TCP peer itself is a trusted proxy.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ip_class.hpp"
#include "http/message.hpp"

namespace xzepr::api {

using Address = IpAddress;
/// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", with or without a port where that is unambiguous.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);
/// What one client cannot cheaply change: the address itself for IPv4, its /64 for IPv6. 16 raw bytes.
[[nodiscard]] std::string limiter_key(const Address& address);

/// Blocks of addresses in CIDR notation; a bare address is a block of one.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  /// Errc::invalid, code "config_invalid", naming the entry that is no block.
  [[nodiscard]] static Result<TrustedProxies> parse(std::span<const std::string> blocks);

  [[nodiscard]] bool contains(const Address& address) const;

 private:
  std::vector<IpNetwork> blocks_;
};

/// The caller's address. What is no address in the header ends the walk at the proxy that sent it.
[[nodiscard]] Address client_address(const http::Request& request, const TrustedProxies& proxies);

}  // namespace xzepr::api

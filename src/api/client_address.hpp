// Who is really calling, when proxies stand between: the right-most address of X-Forwarded-For that is not
// one of ours. Nothing in the header is believed unless the TCP peer itself is a trusted proxy.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/message.hpp"

namespace xzepr::api {

/// IPv4 lives in the mapped part of IPv6 (::ffff:0:0/96), so that one address has one form.
struct Address {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const Address&, const Address&) = default;
};
/// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", with or without a port where that is unambiguous.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);
[[nodiscard]] bool is_v4(const Address& address);
/// "192.0.2.1" or "2001:db8::1" (RFC 5952).
[[nodiscard]] std::string to_string(const Address& address);
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
  struct Block {
    Address network;
    unsigned prefix_bits;
  };
  std::vector<Block> blocks_;
};

/// The caller's address. What is no address in the header ends the walk at the proxy that sent it.
[[nodiscard]] Address client_address(const http::Request& request, const TrustedProxies& proxies);

}  // namespace xzepr::api

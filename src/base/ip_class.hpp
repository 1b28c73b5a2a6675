// IP addresses, blocks of them, and which of them are on the public internet: what may be dialled on a user's
// word (G08) and whose header is believed. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace xzepr {

/// IPv4 lives in the mapped part of IPv6 (::ffff:0:0/96, RFC 4291 2.5.5.2), so that one address has one form.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// The strict forms only: four decimal numbers without leading zeros, or RFC 4291 2.2. No zone, no brackets.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);
/// nullopt for any family but AF_INET and AF_INET6.
[[nodiscard]] std::optional<IpAddress> from_sockaddr(const sockaddr& address);
[[nodiscard]] bool is_v4(const IpAddress& address);
/// "192.0.2.1" or "2001:db8::1" (RFC 5952).
[[nodiscard]] std::string to_string(const IpAddress& address);

struct IpNetwork {
  IpAddress first;
  unsigned prefix_bits = 0;  ///< of 128: an IPv4 prefix and 96

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
  /// Bits after the prefix do not matter. 0.0.0.0/0 holds IPv4 only, ::/0 both.
  [[nodiscard]] bool contains(const IpAddress& address) const;
};

/// CIDR (RFC 4632 3.1): "10.0.0.0/8", "2001:db8::/32"; a bare address is a block of one.
[[nodiscard]] std::optional<IpNetwork> parse_ip_network(std::string_view text);

/// What an address is for by the special-purpose registries (RFC 6890): "loopback", "link-local", ...; empty
/// for an ordinary public one. An IPv6 address that carries an IPv4 address for a gateway to unwrap
/// (NAT64, 6to4, Teredo) is of a class of its own, whatever it carries.
[[nodiscard]] std::string_view special_purpose(const IpAddress& address);
[[nodiscard]] bool is_public(const IpAddress& address);

/// True for every spelling that inet_aton takes for IPv4, "127.1", "2130706433", "0x7f.1", "017700000001",
/// and for whatever else ends in a number, as no DNS name does (RFC 3696 2; the WHATWG URL standard's test).
[[nodiscard]] bool looks_like_ipv4(std::string_view host);

}  // namespace xzepr

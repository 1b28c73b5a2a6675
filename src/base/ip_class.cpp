#include "base/ip_class.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include <arpa/inet.h>

#include "base/grammar.hpp"

namespace xzepr {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned v4_offset_bits = 96;

struct Special {
  IpNetwork network;
  std::string_view purpose;
};

consteval Special v4(std::array<std::uint8_t, 4> bytes, unsigned bits, std::string_view purpose) {
  Special special{.network = {.first = {}, .prefix_bits = bits + v4_offset_bits}, .purpose = purpose};
  std::ranges::copy(v4_prefix, special.network.first.bytes.begin());
  std::ranges::copy(bytes, special.network.first.bytes.begin() + v4_prefix.size());
  return special;
}

// The first words only; the others are zero.
consteval Special v6(std::array<unsigned, 4> words, unsigned bits, std::string_view purpose) {
  Special special{.network = {.first = {}, .prefix_bits = bits}, .purpose = purpose};
  for (std::size_t i = 0; i < words.size(); ++i) {
    special.network.first.bytes[2 * i] = static_cast<std::uint8_t>(words[i] >> 8U);
    special.network.first.bytes[2 * i + 1] = static_cast<std::uint8_t>(words[i] & 0xFFU);
  }
  return special;
}

// The IANA registries of special-purpose addresses (RFC 6890), multicast, and what was withdrawn but may
// still be routed inside a site. The first block that holds the address names it.
constexpr std::array specials = {
    v4({0, 0, 0, 0}, 8, "this network"),             // RFC 791 3.2
    v4({10, 0, 0, 0}, 8, "private use"),             // RFC 1918
    v4({100, 64, 0, 0}, 10, "shared by a carrier"),  // RFC 6598
    v4({127, 0, 0, 0}, 8, "loopback"),               // RFC 1122 3.2.1.3
    v4({169, 254, 0, 0}, 16, "link-local"),          // RFC 3927, and the metadata service of every cloud
    v4({172, 16, 0, 0}, 12, "private use"),          // RFC 1918
    v4({192, 0, 0, 0}, 24, "protocol assignments"),  // RFC 6890 2.1
    v4({192, 0, 2, 0}, 24, "documentation"),         // RFC 5737
    v4({192, 31, 196, 0}, 24, "AS112"),              // RFC 7535
    v4({192, 52, 193, 0}, 24, "AMT"),                // RFC 7450
    v4({192, 88, 99, 0}, 24, "6to4 relay"),          // RFC 7526
    v4({192, 168, 0, 0}, 16, "private use"),         // RFC 1918
    v4({192, 175, 48, 0}, 24, "AS112"),              // RFC 7534
    v4({198, 18, 0, 0}, 15, "benchmarking"),         // RFC 2544
    v4({198, 51, 100, 0}, 24, "documentation"),      // RFC 5737
    v4({203, 0, 113, 0}, 24, "documentation"),       // RFC 5737
    v4({224, 0, 0, 0}, 4, "multicast"),              // RFC 5771
    v4({255, 255, 255, 255}, 32, "broadcast"),       // RFC 919
    v4({240, 0, 0, 0}, 4, "reserved"),               // RFC 1112 4

    v6({0x64, 0xff9b, 0, 0}, 96, "NAT64"),              // RFC 6052
    v6({0x64, 0xff9b, 1, 0}, 48, "NAT64"),              // RFC 8215
    v6({0x100, 0, 0, 0}, 64, "discard-only"),           // RFC 6666
    v6({0x100, 0, 0, 1}, 64, "dummy prefix"),           // RFC 9780
    v6({0x2001, 0, 0, 0}, 32, "Teredo"),                // RFC 4380
    v6({0x2001, 2, 0, 0}, 48, "benchmarking"),          // RFC 5180
    v6({0x2001, 0xdb8, 0, 0}, 32, "documentation"),     // RFC 3849
    v6({0x2001, 0, 0, 0}, 23, "protocol assignments"),  // RFC 2928: AMT, AS112, ORCHID, DRIP and more
    v6({0x2002, 0, 0, 0}, 16, "6to4"),                  // RFC 3056
    v6({0x2620, 0x4f, 0x8000, 0}, 48, "AS112"),         // RFC 7534
    v6({0x3fff, 0, 0, 0}, 20, "documentation"),         // RFC 9637
    v6({0x5f00, 0, 0, 0}, 16, "segment routing"),       // RFC 9602
    v6({0xfc00, 0, 0, 0}, 7, "private use"),            // RFC 4193
    v6({0xfe80, 0, 0, 0}, 10, "link-local"),            // RFC 4291 2.5.6
    v6({0xfec0, 0, 0, 0}, 10, "site-local"),            // RFC 3879
    v6({0xff00, 0, 0, 0}, 8, "multicast"),              // RFC 4291 2.7
};

// RFC 4291 2.4: the only unicast addresses that are given out.
constexpr IpNetwork global_unicast = v6({0x2000, 0, 0, 0}, 3, "").network;

IpAddress mapped(std::span<const std::uint8_t, 4> v4_bytes) {
  IpAddress address;
  std::ranges::copy(v4_prefix, address.bytes.begin());
  std::ranges::copy(v4_bytes, address.bytes.begin() + v4_prefix.size());
  return address;
}

std::string_view purpose_outside_unicast(const IpAddress& address) {
  IpAddress one;
  one.bytes[15] = 1;
  if (address == one) return "loopback";             // RFC 4291 2.5.3
  if (address == IpAddress{}) return "unspecified";  // RFC 4291 2.5.2
  return "reserved";                                 // among it ::/96, IPv4-compatible: RFC 4291 2.5.5.1
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned max) {
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (failed != std::errc{} || end != text.data() + text.size() || bits > max) return std::nullopt;
  return bits;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) { return grammar::is(c, grammar::hexadecimal); }

bool is_number(std::string_view part) {
  if (part.starts_with("0x") || part.starts_with("0X"))
    return std::ranges::all_of(part.substr(2), is_hexadecimal);
  return !part.empty() && std::ranges::all_of(part, is_digit);
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  std::array<std::uint8_t, 4> v4_bytes{};
  if (inet_pton(AF_INET, terminated.data(), v4_bytes.data()) == 1) return mapped(v4_bytes);
  IpAddress address;
  if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::optional<IpAddress> from_sockaddr(const sockaddr& address) {
  // Copied, because what is behind the reference need not be aligned for its true type.
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    std::array<std::uint8_t, 4> v4_bytes{};
    std::memcpy(v4_bytes.data(), &in.sin_addr, v4_bytes.size());
    return mapped(v4_bytes);
  }
  if (address.sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, &address, sizeof in);
  IpAddress read;
  std::memcpy(read.bytes.data(), &in.sin6_addr, read.bytes.size());
  return read;
}

bool is_v4(const IpAddress& address) {
  return std::ranges::equal(v4_prefix, std::span(address.bytes).first<12>());
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_short = is_v4(address);
  const auto* bytes = address.bytes.data() + (is_short ? v4_prefix.size() : 0);
  if (inet_ntop(is_short ? AF_INET : AF_INET6, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

bool IpNetwork::contains(const IpAddress& address) const {
  const std::size_t whole = prefix_bits / 8;
  if (!std::ranges::equal(std::span(first.bytes).first(whole), std::span(address.bytes).first(whole)))
    return false;
  const unsigned rest = prefix_bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - rest));
  return ((first.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

std::optional<IpNetwork> parse_ip_network(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto first = parse_ip_address(text.substr(0, slash));
  if (!first) return std::nullopt;
  // "::ffff:10.0.0.0/104" is counted as it is written, "10.0.0.0/8" from the start of the IPv4 address.
  const unsigned offset = is_v4(*first) && text.find(':') == std::string_view::npos ? v4_offset_bits : 0;
  const unsigned bits_max = 128 - offset;
  const auto bits =
      slash == text.size() ? std::optional(bits_max) : parse_bits(text.substr(slash + 1), bits_max);
  if (!bits) return std::nullopt;
  return IpNetwork{.first = *first, .prefix_bits = *bits + offset};
}

std::string_view special_purpose(const IpAddress& address) {
  const auto* special =
      std::ranges::find_if(specials, [&](const Special& s) { return s.network.contains(address); });
  if (special != specials.end()) return special->purpose;
  if (is_v4(address) || global_unicast.contains(address)) return {};
  return purpose_outside_unicast(address);
}

bool is_public(const IpAddress& address) { return special_purpose(address).empty(); }

bool looks_like_ipv4(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto dot = host.rfind('.');
  return is_number(dot == std::string_view::npos ? host : host.substr(dot + 1));
}

}  // namespace xzepr

#include "api/client_address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "http/grammar.hpp"

namespace xzepr::api {
namespace {

constexpr std::size_t address_text_max = INET6_ADDRSTRLEN;
constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::optional<Address> parse_v4(const char* text) {
  Address address;
  std::ranges::copy(v4_prefix, address.bytes.begin());
  if (inet_pton(AF_INET, text, address.bytes.data() + v4_prefix.size()) != 1) return std::nullopt;
  return address;
}

std::optional<Address> parse_v6(const char* text) {
  Address address;
  if (inet_pton(AF_INET6, text, address.bytes.data()) != 1) return std::nullopt;
  return address;
}

// "[2001:db8::1]:443" and "192.0.2.1:443" without their ports; a bare IPv6 address has none.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? text : text.substr(1, end - 1);
  }
  const auto colon = text.find(':');
  return colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos
             ? text.substr(0, colon)
             : text;
}

bool share_prefix(const Address& a, const Address& b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(whole), b.bytes.begin()))
    return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - rest));
  return ((a.bytes[whole] ^ b.bytes[whole]) & mask) == 0;
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned max) {
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (failed != std::errc{} || end != text.data() + text.size() || bits > max) return std::nullopt;
  return bits;
}

Error no_block(std::string_view text) {
  return Error{.kind = Errc::invalid,
               .code = "config_invalid",
               .detail = fmt::format("security.trusted_proxies: {} is no address block", text),
               .hint = "write blocks like 10.0.0.0/8 or 2001:db8::/32",
               .field = "security.trusted_proxies"};
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const auto bare = without_port(http::grammar::without_ows(text));
  if (bare.empty() || bare.size() >= address_text_max) return std::nullopt;
  std::array<char, address_text_max> terminated{};
  std::ranges::copy(bare, terminated.begin());
  const auto v4 = parse_v4(terminated.data());
  return v4 ? v4 : parse_v6(terminated.data());
}

bool is_v4(const Address& address) {
  return std::ranges::equal(v4_prefix, std::span(address.bytes).first<12>());
}

std::string to_string(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_short = is_v4(address);
  const auto* bytes = address.bytes.data() + (is_short ? 12 : 0);
  if (inet_ntop(is_short ? AF_INET : AF_INET6, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

std::string limiter_key(const Address& address) {
  Address kept = address;
  if (!is_v4(address)) std::fill(kept.bytes.begin() + 8, kept.bytes.end(), std::uint8_t{0});
  return {reinterpret_cast<const char*>(kept.bytes.data()), kept.bytes.size()};
}

Result<TrustedProxies> TrustedProxies::parse(std::span<const std::string> blocks) {
  TrustedProxies proxies;
  for (const std::string_view block : blocks) {
    const auto slash = std::min(block.find('/'), block.size());
    const auto network = parse_address(block.substr(0, slash));
    if (!network) return std::unexpected(no_block(block));
    const unsigned offset = is_v4(*network) ? 96 : 0;
    const auto bits = slash == block.size() ? std::optional(128 - offset)
                                            : parse_bits(block.substr(slash + 1), 128 - offset);
    if (!bits) return std::unexpected(no_block(block));
    proxies.blocks_.push_back({.network = *network, .prefix_bits = *bits + offset});
  }
  return proxies;
}

bool TrustedProxies::contains(const Address& address) const {
  return std::ranges::any_of(
      blocks_, [&](const Block& block) { return share_prefix(block.network, address, block.prefix_bits); });
}

Address client_address(const http::Request& request, const TrustedProxies& proxies) {
  Address client = parse_address(request.peer).value_or(Address{});
  // Several headers are one list, so the last header is read first.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!http::grammar::equal_ignoring_case(header->name, "X-Forwarded-For")) continue;
    std::string_view rest = header->value;
    while (proxies.contains(client) && !rest.empty()) {
      const auto comma = rest.rfind(',');
      const auto entry = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
      const auto address = parse_address(entry);
      if (!address) return client;
      client = *address;
    }
  }
  return client;
}

}  // namespace xzepr::api

#include "api/client_address.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/grammar.hpp"

namespace xzepr::api {
namespace {

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

Error no_block(std::string_view text) {
  return Error{.kind = Errc::invalid,
               .code = "config_invalid",
               .detail = fmt::format("security.trusted_proxies: {} is no address block", text),
               .hint = "write blocks like 10.0.0.0/8 or 2001:db8::/32",
               .field = "security.trusted_proxies"};
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  return parse_ip_address(without_port(grammar::without_ows(text)));
}

std::string limiter_key(const Address& address) {
  Address kept = address;
  if (!is_v4(address)) std::fill(kept.bytes.begin() + 8, kept.bytes.end(), std::uint8_t{0});
  return {reinterpret_cast<const char*>(kept.bytes.data()), kept.bytes.size()};
}

Result<TrustedProxies> TrustedProxies::parse(std::span<const std::string> blocks) {
  TrustedProxies proxies;
  for (const std::string_view block : blocks) {
    const auto network = parse_ip_network(block);
    if (!network) return std::unexpected(no_block(block));
    proxies.blocks_.push_back(*network);
  }
  return proxies;
}

bool TrustedProxies::contains(const Address& address) const {
  return std::ranges::any_of(blocks_, [&](const IpNetwork& block) { return block.contains(address); });
}

Address client_address(const http::Request& request, const TrustedProxies& proxies) {
  Address client = parse_address(request.peer).value_or(Address{});
  // Several headers are one list, so the last header is read first.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!grammar::equal_ignoring_case(header->name, "X-Forwarded-For")) continue;
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

// An address that is read prints as a text that reads as the same, and what inet_aton takes for IPv4 is seen
// as such.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <arpa/inet.h>

#include "base/assert.hpp"
#include "base/ip_class.hpp"

namespace {

void check_address(const xzepr::IpAddress& address) {
  const std::string printed = to_string(address);
  XZEPR_ASSERT(xzepr::parse_ip_address(printed) == address);
  XZEPR_ASSERT(xzepr::is_public(address) == xzepr::special_purpose(address).empty());
  XZEPR_ASSERT(!is_v4(address) || xzepr::looks_like_ipv4(printed));
  const auto alone = xzepr::parse_ip_network(printed);
  XZEPR_ASSERT(alone && alone->prefix_bits == 128 && alone->contains(address));
  if (is_v4(address)) XZEPR_ASSERT(xzepr::parse_ip_address("::ffff:" + printed) == address);
}

void check_spelling(std::string_view text) {
  const std::string terminated(text);
  in_addr read{};
  // inet_aton stops at white space and at a NUL; neither is part of a host.
  if (text.find_first_of(std::string_view(" \t\n\v\f\r\0", 7)) != std::string_view::npos) return;
  if (inet_aton(terminated.c_str(), &read) != 0) XZEPR_ASSERT(xzepr::looks_like_ipv4(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = xzepr::parse_ip_address(text)) check_address(*address);
  if (const auto network = xzepr::parse_ip_network(text)) XZEPR_ASSERT(network->contains(network->first));
  check_spelling(text);
  if (size < 16) return 0;
  xzepr::IpAddress raw;
  std::copy_n(data, 16, raw.bytes.begin());
  check_address(raw);
  return 0;
}

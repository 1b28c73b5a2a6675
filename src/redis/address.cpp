#include "redis/address.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace xzepr::redis {
namespace {

constexpr std::string_view plain_scheme = "redis://";
constexpr std::string_view tls_scheme = "rediss://";
constexpr unsigned database_max = 65'535;

std::unexpected<Error> no_address(std::string detail) {
  std::string hint =
      "write redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS; all but the host may be left "
      "out";
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "config_invalid",
                               .detail = std::move(detail),
                               .hint = std::move(hint),
                               .field = "redis.url"});
}

template <class T>
bool read_number(std::string_view text, T& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    unsigned value = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (text.front() == '%') {
      length = 3;
      if (text.size() < length) return std::nullopt;
      const auto digits = text.substr(1, 2);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    }
    decoded += static_cast<char>(value);
    text.remove_prefix(length);
  }
  return decoded;
}

bool read_credentials(std::string_view text, Address& address) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password =
      colon == std::string_view::npos ? std::string() : percent_decoded(text.substr(colon + 1));
  if (!user || !password || (password->empty() && !user->empty())) return false;
  address.user = *user;
  address.password = *password;
  return true;
}

bool is_host(std::string_view text) {
  return !text.empty() && text.find_first_of("/?#@[] \\%") == std::string_view::npos;
}

// "host", "host:6379", "[::1]", "[::1]:6379"
bool read_host(std::string_view text, Address& address) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    address.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    address.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (!is_host(address.host)) return false;
  if (port.empty()) return true;
  return port.front() == ':' && read_number(port.substr(1), address.port) && address.port != 0;
}

}  // namespace

std::string Address::place() const {
  return host.contains(':') ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<Address> parse_address(std::string_view url) {
  Address address{.is_tls = url.starts_with(tls_scheme)};
  if (!address.is_tls && !url.starts_with(plain_scheme))
    return no_address("does not begin with redis:// or rediss://");
  url.remove_prefix(address.is_tls ? tls_scheme.size() : plain_scheme.size());
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    if (!read_credentials(url.substr(0, at), address))
      return no_address("the user and password before @ cannot be read");
    url.remove_prefix(at + 1);
  }
  if (const auto slash = url.find('/'); slash != std::string_view::npos) {
    const auto database = url.substr(slash + 1);
    if (!database.empty() && (!read_number(database, address.database) || address.database > database_max))
      return no_address("what follows the last / is no number of a database");
    url = url.substr(0, slash);
  }
  if (!read_host(url, address)) return no_address("holds no host, or a port that is none");
  return address;
}

}  // namespace xzepr::redis

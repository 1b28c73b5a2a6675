// Where Redis is, as the key redis.url says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::redis {

struct Address {
  std::string host;
  std::uint16_t port = 6'379;
  std::string user = {};      ///< empty: the default user
  std::string password = {};  ///< empty: no AUTH
  unsigned database = 0;
  bool is_tls = false;  ///< rediss://

  /// "127.0.0.1:6379", for people; never holds the password.
  [[nodiscard]] std::string place() const;
};

/// redis:// or, with TLS, rediss://[USER][:PASSWORD@]HOST[:PORT][/DATABASE], percent-encoded where it must
/// be; HOST may be [IPv6]. Errc::invalid, code "config_invalid": what is wrong, without the password, and
/// what to write.
[[nodiscard]] Result<Address> parse_address(std::string_view url);

}  // namespace xzepr::redis

// Cookies as a server reads and sets them (RFC 6265 and its successor draft, RFC 6265bis).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace xzepr::http {

/// The value of a cookie out of a Cookie header, a view into it; "" when it is not there, or there twice: one
/// of the two would be somebody else's.
[[nodiscard]] std::string_view cookie_value(std::string_view cookies, std::string_view name);

enum class SameSite : std::uint8_t { lax, strict };

/// Always for the whole host and nothing but it: Path=/ and no Domain. Names and values are tokens.
struct SetCookie {
  std::string_view name;
  std::string_view value;
  std::chrono::seconds lifetime;  ///< 0 takes it away
  SameSite same_site = SameSite::strict;
  bool is_secure = true;
  bool is_hidden = true;  ///< from scripts (HttpOnly)
};
/// The value of a Set-Cookie header.
[[nodiscard]] std::string to_header(const SetCookie& cookie);

}  // namespace xzepr::http

#include "http/cookie.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace xzepr::http {

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  std::string_view found;
  std::size_t count = 0;
  while (!cookies.empty()) {
    auto pair = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (!pair.starts_with(name) || pair.substr(name.size(), 1) != "=") continue;
    found = pair.substr(name.size() + 1);
    ++count;
  }
  return count == 1 ? found : std::string_view{};
}

std::string to_header(const SetCookie& cookie) {
  return fmt::format("{}={}; Path=/; Max-Age={}{}; SameSite={}{}", cookie.name, cookie.value,
                     cookie.lifetime.count(), cookie.is_hidden ? "; HttpOnly" : "",
                     cookie.same_site == SameSite::strict ? "Strict" : "Lax",
                     cookie.is_secure ? "; Secure" : "");
}

}  // namespace xzepr::http

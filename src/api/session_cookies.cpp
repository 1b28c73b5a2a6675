#include "api/session_cookies.hpp"

#include "http/cookie.hpp"

namespace xzepr::api {
namespace {

struct Names {
  std::string_view secret;
  std::string_view csrf_token;
};
constexpr Names secure_names{.secret = "__Host-xzepr-session", .csrf_token = "__Host-xzepr-csrf"};
constexpr Names plain_names{.secret = "xzepr-session", .csrf_token = "xzepr-csrf"};

constexpr const Names& names_for(bool is_secure) { return is_secure ? secure_names : plain_names; }

}  // namespace

std::string_view SessionCookies::secret(std::string_view cookies) const {
  return cookies.empty() ? cookies : http::cookie_value(cookies, names_for(is_secure_).secret);
}

void SessionCookies::set(http::Response& response, const service::BrowserSession& session) const {
  put(response, session.secret, session.csrf_token, session.lifetime);
}

void SessionCookies::clear(http::Response& response) const { put(response, "", "", std::chrono::seconds{0}); }

void SessionCookies::put(http::Response& response, std::string_view secret, std::string_view csrf_token,
                         std::chrono::seconds lifetime) const {
  const auto& names = names_for(is_secure_);
  response.set("Set-Cookie",
               http::to_header(
                   {.name = names.secret, .value = secret, .lifetime = lifetime, .is_secure = is_secure_}));
  response.set("Set-Cookie", http::to_header({.name = names.csrf_token,
                                              .value = csrf_token,
                                              .lifetime = lifetime,
                                              .is_secure = is_secure_,
                                              .is_hidden = false}));
}

}  // namespace xzepr::api

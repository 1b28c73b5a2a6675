// The two cookies of a browser's session: one that no script sees and that speaks for its user, one that the
// pages of this server read and send back as X-CSRF-Token. Any thread.
#pragma once

#include <string_view>

#include "http/message.hpp"
#include "service/browser_session_service.hpp"

namespace xzepr::api {

class SessionCookies {
 public:
  /// `is_secure`: browsers reach this server over HTTPS only, so the cookies are never sent over HTTP and can
  /// be set by no other host (prefix "__Host-"; RFC 6265bis, section 4.1.3.2).
  explicit SessionCookies(bool is_secure) : is_secure_(is_secure) {}

  /// Out of a Cookie header; "" when there is none.
  [[nodiscard]] std::string_view secret(std::string_view cookies) const;
  void set(http::Response& response, const service::BrowserSession& session) const;
  void clear(http::Response& response) const;

 private:
  void put(http::Response& response, std::string_view secret, std::string_view csrf_token,
           std::chrono::seconds lifetime) const;

  const bool is_secure_;
};

}  // namespace xzepr::api

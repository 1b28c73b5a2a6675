// Cross-origin requests of browsers (Fetch Standard, "CORS protocol"): which web pages may call the API, from
// the configuration. Without an origin in it nothing is added to any answer. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "api/request_head.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

namespace xzepr::api {

struct CorsRules {
  std::vector<std::string> origins;  ///< as browsers write them, "https://app.example.com"; "*" for any
  std::vector<std::string> methods;
  std::vector<std::string> headers;
  bool allow_credentials = false;  ///< never together with "*"
  std::int64_t max_age_seconds = 0;
};

class CorsPolicy {
 public:
  CorsPolicy() = default;  ///< no origin may
  explicit CorsPolicy(const CorsRules& rules);

  [[nodiscard]] bool is_enabled() const { return is_any_ || !origins_.empty(); }
  /// An OPTIONS request by which a browser asks beforehand; it carries no credential and is not counted.
  [[nodiscard]] bool is_preflight(const http::Request& request, const RequestHead& head) const;
  /// 204 with what the page may do. Errc::forbidden, code "cors_refused", naming what it may not.
  [[nodiscard]] Result<http::Response> preflight(const RequestHead& head) const;
  /// On every answer: `Vary: Origin`, so that no cache gives one page's answer to another, and for an
  /// admitted origin what lets its page read the answer.
  void decorate(const RequestHead& head, http::Response& response) const;

 private:
  [[nodiscard]] bool admits(std::string_view origin) const;

  bool is_any_ = false;
  bool allow_credentials_ = false;
  std::unordered_set<std::string> origins_;
  std::vector<std::string> methods_;
  std::vector<std::string> headers_;
  std::string methods_text_;
  std::string headers_text_;
  std::string max_age_;
};

}  // namespace xzepr::api

#include "api/cors.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/grammar.hpp"

namespace xzepr::api {
namespace {

// What a page may read besides the headers that every page may (Fetch, "CORS-safelisted response-header
// name").
constexpr std::string_view exposed_headers =
    "Location, ETag, Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "X-Request-Id";

Error cors_refused(std::string detail, std::string hint) {
  return Error{
      .kind = Errc::forbidden, .code = "cors_refused", .detail = std::move(detail), .hint = std::move(hint)};
}

// Read like any list of a header (RFC 9110 5.6.1): commas, optional white space, empty elements.
std::optional<std::string_view> first_not_allowed(std::string_view asked,
                                                  const std::vector<std::string>& allowed) {
  while (!asked.empty()) {
    const auto comma = asked.find(',');
    const auto name = grammar::without_ows(asked.substr(0, comma));
    const auto is_same = [name](const std::string& one) { return grammar::equal_ignoring_case(one, name); };
    if (!name.empty() && std::ranges::none_of(allowed, is_same)) return name;
    asked.remove_prefix(comma == asked.npos ? asked.size() : comma + 1);
  }
  return std::nullopt;
}

}  // namespace

CorsPolicy::CorsPolicy(const CorsRules& rules)
    : is_any_(std::ranges::find(rules.origins, "*") != rules.origins.end()),
      allow_credentials_(rules.allow_credentials && !is_any_),
      origins_(rules.origins.begin(), rules.origins.end()),
      methods_(rules.methods),
      headers_(rules.headers),
      methods_text_(fmt::format("{}", fmt::join(rules.methods, ", "))),
      headers_text_(fmt::format("{}", fmt::join(rules.headers, ", "))),
      max_age_(fmt::format("{}", rules.max_age_seconds)) {}

bool CorsPolicy::is_preflight(const http::Request& request, const RequestHead& head) const {
  return is_enabled() && request.method == http::Method::options && !head.origin.empty() &&
         !head.requested_method.empty();
}

Result<http::Response> CorsPolicy::preflight(const RequestHead& head) const {
  if (!admits(head.origin)) {
    return std::unexpected(
        cors_refused("this origin may not call the API from a web page",
                     "an operator adds it to security.cors.allowed_origins, exactly as sent"));
  }
  if (std::ranges::find(methods_, head.requested_method) == methods_.end()) {
    return std::unexpected(cors_refused("this method is not open to web pages",
                                        fmt::format("security.cors.allowed_methods has {}", methods_text_)));
  }
  if (first_not_allowed(head.requested_headers, headers_)) {
    return std::unexpected(cors_refused("a request header is not open to web pages",
                                        fmt::format("security.cors.allowed_headers has {}", headers_text_)));
  }
  http::Response response{.status = 204, .content_type = ""};
  response.set("Access-Control-Allow-Methods", methods_text_);
  response.set("Access-Control-Allow-Headers", headers_text_);
  response.set("Access-Control-Max-Age", max_age_);
  return response;
}

void CorsPolicy::decorate(const RequestHead& head, http::Response& response) const {
  if (!is_enabled()) return;
  if (!is_any_) response.set("Vary", "Origin");
  if (!admits(head.origin)) return;
  response.set("Access-Control-Allow-Origin", is_any_ ? "*" : std::string(head.origin));
  if (allow_credentials_) response.set("Access-Control-Allow-Credentials", "true");
  response.set("Access-Control-Expose-Headers", std::string(exposed_headers));
}

bool CorsPolicy::admits(std::string_view origin) const {
  return !origin.empty() && (is_any_ || origins_.contains(std::string(origin)));
}

}  // namespace xzepr::api

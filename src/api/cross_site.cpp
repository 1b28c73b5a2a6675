#include "api/cross_site.hpp"

#include "base/grammar.hpp"

namespace xzepr::api {
namespace {

Error csrf_refused(std::string detail, std::string hint) {
  return Error{
      .kind = Errc::forbidden, .code = "csrf_refused", .detail = std::move(detail), .hint = std::move(hint)};
}

// "null", of a page without an origin, is of no host.
bool is_own_origin(std::string_view origin, std::string_view host) {
  const auto scheme_end = origin.find("://");
  return scheme_end != origin.npos && !host.empty() &&
         grammar::equal_ignoring_case(origin.substr(scheme_end + 3), host);
}

}  // namespace

bool is_safe(http::Method method) {
  return method == http::Method::get || method == http::Method::head || method == http::Method::options;
}

Result<void> check_same_origin(const http::Request& request, const RequestHead& head) {
  const bool is_same = head.fetch_site.empty()
                           ? head.origin.empty() || is_own_origin(head.origin, request.header("Host"))
                           : head.fetch_site == "same-origin" || head.fetch_site == "none";
  if (is_same) return {};
  return std::unexpected(csrf_refused("a page of another site may not do this with a browser's session",
                                      "call it from a page of this server, or with an API key"));
}

Result<void> check_origin_given(const http::Request& request, const RequestHead& head) {
  if (is_own_origin(head.origin, request.header("Host"))) return {};
  return std::unexpected(csrf_refused("only a page of this server opens this with a browser's session",
                                      "open it from a page of this server, or with an API key"));
}

Error csrf_token_refused() {
  return csrf_refused("the session's X-CSRF-Token is missing or wrong",
                      "send the value of the cookie that ends in xzepr-csrf as X-CSRF-Token");
}

}  // namespace xzepr::api

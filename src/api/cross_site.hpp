// What a browser does for a page of another site (CSRF; OWASP ASVS 5.0, 3.5). Pure.
#pragma once

#include "api/request_head.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

namespace xzepr::api {

/// GET, HEAD and OPTIONS change nothing here (RFC 9110, section 9.2.1).
[[nodiscard]] bool is_safe(http::Method method);

/// Errc::forbidden "csrf_refused" unless the request comes from a page of this server, or from no page. By
/// Sec-Fetch-Site (Fetch Metadata), or by Origin where a browser does not send that.
[[nodiscard]] Result<void> check_same_origin(const http::Request& request, const RequestHead& head);

/// The same, by Origin, which must be there: for what browsers let pages of any site open.
[[nodiscard]] Result<void> check_origin_given(const http::Request& request, const RequestHead& head);

/// The same error, for a wrong or missing X-CSRF-Token.
[[nodiscard]] Error csrf_token_refused();

}  // namespace xzepr::api

// The headers that the pipeline reads, found in one pass, and what each may hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace xzepr::api {

/// Views into the request; "" when the header is absent.
struct RequestHead {
  std::string_view api_key;
  std::string_view authorization;
  std::string_view request_id;
  std::string_view traceparent;
  std::string_view idempotency_key;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view origin;             ///< of a browser's page (RFC 6454)
  std::string_view requested_method;   ///< Access-Control-Request-Method
  std::string_view requested_headers;  ///< Access-Control-Request-Headers
  std::string_view cookies;            ///< of a browser, all in one
  std::string_view csrf_token;         ///< X-CSRF-Token
  std::string_view fetch_site;         ///< Sec-Fetch-Site (Fetch Metadata)
  unsigned credential_count = 0;       ///< X-API-Key and Authorization headers together
  unsigned idempotency_key_count = 0;
};
[[nodiscard]] RequestHead read_head(const http::Request& request);

enum class CredentialKind : std::uint8_t { none, api_key, token, cookie, ticket };
/// A view into the request; nothing of it is proven.
struct SentCredential {
  CredentialKind kind = CredentialKind::none;
  std::string_view text = {};
};
/// Errc::invalid "credentials_ambiguous" for more than one credential, Errc::unauthenticated
/// "credentials_invalid" for one that is of no kind known here. A cookie is none of these: see the pipeline.
[[nodiscard]] Result<SentCredential> read_credential(const RequestHead& head);
/// The value of `ticket` in a query, as it stands there: a ticket holds nothing that would be encoded. ""
/// without one, credentials_ambiguous for several, or for one beside another credential.
[[nodiscard]] Result<std::string_view> read_ticket(std::string_view query, const RequestHead& head);
[[nodiscard]] Error credentials_invalid();
[[nodiscard]] Error credentials_missing();

/// 1 to 128 of [A-Za-z0-9] and -_.:/+=@,~ : what may be echoed and logged as it is.
[[nodiscard]] bool is_request_id(std::string_view text);
/// W3C Trace Context, version 00 to fe, ids not all zero.
[[nodiscard]] bool is_traceparent(std::string_view text);
/// 1 to 255 visible ASCII characters.
[[nodiscard]] bool is_idempotency_key(std::string_view text);

}  // namespace xzepr::api

#include "api/request_head.hpp"

#include <algorithm>

#include "base/grammar.hpp"
#include "base/limits.hpp"
#include "identity/access_token.hpp"

namespace xzepr::api {
namespace {

using grammar::equal_ignoring_case;

constexpr std::string_view bearer = "Bearer ";
constexpr std::string_view api_key_prefix = "xzepr_";
constexpr std::size_t request_id_length_max = 128;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

// The first of several counts, as everywhere; the lengths spare most comparisons.
void keep(std::string_view& slot, const http::Header& header, std::string_view name) {
  if (slot.data() == nullptr && equal_ignoring_case(header.name, name)) slot = header.value;
}

void keep_credential(RequestHead& head, const http::Header& header, std::string_view name,
                     std::string_view& slot) {
  if (!equal_ignoring_case(header.name, name)) return;
  slot = header.value;
  ++head.credential_count;
}

Error credentials_ambiguous() {
  return Error{.kind = Errc::invalid,
               .code = "credentials_ambiguous",
               .detail = "the request carries more than one credential",
               .hint = "send either X-API-Key or Authorization, once"};
}

}  // namespace

RequestHead read_head(const http::Request& request) {
  RequestHead head;
  for (const auto& header : request.headers) {
    switch (header.name.size()) {
      case 6:
        keep(head.origin, header, "Origin");
        keep(head.cookies, header, "Cookie");
        break;
      case 9: keep_credential(head, header, "X-API-Key", head.api_key); break;
      case 11: keep(head.traceparent, header, "traceparent"); break;
      case 12:
        keep(head.request_id, header, "X-Request-Id");
        keep(head.content_type, header, "Content-Type");
        keep(head.csrf_token, header, "X-CSRF-Token");
        break;
      case 13: keep_credential(head, header, "Authorization", head.authorization); break;
      case 15:
        if (equal_ignoring_case(header.name, "Idempotency-Key")) ++head.idempotency_key_count;
        keep(head.idempotency_key, header, "Idempotency-Key");
        break;
      case 14: keep(head.fetch_site, header, "Sec-Fetch-Site"); break;
      case 16: keep(head.content_encoding, header, "Content-Encoding"); break;
      case 29: keep(head.requested_method, header, "Access-Control-Request-Method"); break;
      case 30: keep(head.requested_headers, header, "Access-Control-Request-Headers"); break;
    }
  }
  return head;
}

Error credentials_invalid() {
  return Error{
      .kind = Errc::unauthenticated,
      .code = "credentials_invalid",
      .detail = "the credential is not valid",
      .hint = "send a valid API key in X-API-Key, or one or an access token as Authorization: Bearer"};
}

Error credentials_missing() {
  return Error{.kind = Errc::unauthenticated,
               .code = "credentials_missing",
               .detail = "this needs a credential",
               .hint = "send an API key in X-API-Key, or one or an access token as Authorization: Bearer"};
}

Result<SentCredential> read_credential(const RequestHead& head) {
  if (head.credential_count == 0) return SentCredential{};
  if (head.credential_count > 1) return std::unexpected(credentials_ambiguous());
  if (head.api_key.data() != nullptr && !head.api_key.empty())
    return SentCredential{.kind = CredentialKind::api_key, .text = head.api_key};
  const auto scheme = head.authorization.substr(0, bearer.size());
  if (!equal_ignoring_case(scheme, bearer)) return std::unexpected(credentials_invalid());
  const auto text = head.authorization.substr(bearer.size());
  if (text.starts_with(api_key_prefix)) return SentCredential{.kind = CredentialKind::api_key, .text = text};
  if (identity::looks_like_token(text)) return SentCredential{.kind = CredentialKind::token, .text = text};
  return std::unexpected(credentials_invalid());
}

Result<std::string_view> read_ticket(std::string_view query, const RequestHead& head) {
  constexpr std::string_view name = "ticket=";
  std::string_view ticket;
  unsigned count = head.credential_count;
  bool is_found = false;
  for (std::size_t start = 0; start < query.size();) {
    const auto end = std::min(query.find('&', start), query.size());
    const auto pair = query.substr(start, end - start);
    start = end + 1;
    if (!pair.starts_with(name)) continue;
    ticket = pair.substr(name.size());
    is_found = true;
    ++count;
  }
  if (is_found && count > 1) return std::unexpected(credentials_ambiguous());
  return ticket;
}

bool is_request_id(std::string_view text) {
  if (text.empty() || text.size() > request_id_length_max) return false;
  return std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || std::string_view("-_.:/+=@,~").find(c) != std::string_view::npos;
  });
}

bool is_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const auto version = text.substr(0, 2);
  const auto trace_id = text.substr(3, 32);
  const auto parent_id = text.substr(36, 16);
  if (version == "ff" || (text.size() != 55 && (version == "00" || text[55] != '-' || text.size() > 256)))
    return false;
  return is_lower_hex(version) && is_lower_hex(trace_id) && is_lower_hex(parent_id) &&
         is_lower_hex(text.substr(53, 2)) && !is_zero(trace_id) && !is_zero(parent_id) &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool is_idempotency_key(std::string_view text) {
  return !text.empty() && text.size() <= limits::idempotency_key_length_max &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace xzepr::api

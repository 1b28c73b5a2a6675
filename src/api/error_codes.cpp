#include "api/error_codes.hpp"

#include <algorithm>
#include <array>

namespace xzepr::api {
namespace {

constexpr auto codes = std::to_array<ErrorCode>({
    {"admin_exists", "There is an administrator already"},
    {"api_key_unknown", "No such API key"},
    {"artifact_ambiguous", "The pattern names more than one artifact"},
    {"artifact_invalid", "This does not name an artifact"},
    {"artifact_unknown", "No such artifact"},
    {"batch_invalid", "The batch cannot be read"},
    {"batch_too_large", "The batch has too many items"},
    {"body_too_large", "The body is too large"},
    {"content_encoding_unsupported", "The body must not be compressed"},
    {"content_type_unsupported", "The body has the wrong content type"},
    {"credentials_ambiguous", "More than one credential was sent"},
    {"credentials_in_query", "A credential does not belong into a URL"},
    {"credentials_invalid", "The credential is not valid"},
    {"credentials_missing", "A credential is needed"},
    {"cursor_invalid", "The cursor does not belong to this query"},
    {"deadline_exceeded", "The request took too long"},
    {"event_refused", "The store refused the event"},
    {"event_unknown", "No such event"},
    {"expectation_failed", "The expectation cannot be met"},
    {"field_fixed", "This field cannot be changed"},
    {"field_invalid", "A field is not valid"},
    {"group_exists", "There is another group of that name, type and version"},
    {"group_limit", "A receiver stands in too many groups"},
    {"group_too_large", "The group has too many receivers"},
    {"group_unknown", "No such group"},
    {"headers_too_large", "The headers are too large"},
    {"http_malformed", "This is not a well-formed HTTP request"},
    {"http_version_unsupported", "The HTTP version is not supported"},
    {"id_invalid", "This is not an id"},
    {"idempotency_key_invalid", "The idempotency key is not valid"},
    {"idempotency_mismatch", "The idempotency key was used with another body"},
    {"if_match_invalid", "If-Match cannot be read"},
    {"internal", "The server failed"},
    {"item_too_large", "The item is too large"},
    {"json_invalid", "The body is not valid JSON"},
    {"member_unknown", "No such member"},
    {"method_not_allowed", "The method is not allowed here"},
    {"misdirected_request", "The request is for another host"},
    {"not_owner", "This belongs to another"},
    {"path_malformed", "The path is not well-formed"},
    {"path_unknown", "There is nothing at this path"},
    {"payload_invalid", "Payload does not match the receiver's schema"},
    {"permission_denied", "You may not do this"},
    {"precondition_failed", "The resource has changed since you read it"},
    {"query_invalid", "The query is not valid"},
    {"rate_limited", "Too many requests"},
    {"receiver_disabled", "The receiver is disabled"},
    {"receiver_exists", "There is another receiver of that name, type and version"},
    {"receiver_in_use", "The receiver is in use"},
    {"receiver_unknown", "No such receiver"},
    {"request_invalid", "The request has faults"},
    {"request_timeout", "The request did not arrive in time"},
    {"schema_invalid", "The schema is not valid"},
    {"storage_full", "The store has no space left"},
    {"transfer_coding_unknown", "The transfer coding is not known"},
    {"unavailable", "The server cannot answer now"},
    {"uri_too_long", "The request line is too long"},
    {"user_disabled", "The user is disabled"},
    {"user_exists", "There is another user of that name"},
    {"user_unknown", "No such user"},
});
static_assert(std::ranges::is_sorted(codes, {}, &ErrorCode::code));

}  // namespace

std::span<const ErrorCode> error_codes() { return codes; }

std::string_view title_of(std::string_view code) {
  const auto* found = std::ranges::lower_bound(codes, code, {}, &ErrorCode::code);
  return found != codes.end() && found->code == code ? found->title : std::string_view{};
}

}  // namespace xzepr::api

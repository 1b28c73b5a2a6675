// Every stable error code of the API with the status that it comes with. A route names codes of this table
// only, or it does not compile; error_texts.hpp says what each means and what to do.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace xzepr::api {

struct ErrorCode {
  std::string_view code;
  int status;
  int other_status = 0;  ///< of the few that come with two
};

/// Sorted by code.
inline constexpr auto error_codes = std::to_array<ErrorCode>({
    {"admin_exists", 409},
    {"api_key_unknown", 404},
    {"api_keys_too_many", 409},
    {"artifact_ambiguous", 409},
    {"artifact_invalid", 400},
    {"artifact_unknown", 404},
    {"batch_invalid", 400},
    {"batch_too_large", 413},
    {"body_too_large", 413},
    {"content_encoding_unsupported", 415},
    {"content_type_unsupported", 415},
    {"cors_refused", 403},
    {"credentials_ambiguous", 400},
    {"credentials_in_query", 400},
    {"credentials_invalid", 401},
    {"credentials_missing", 401},
    {"csrf_refused", 403},
    {"cursor_invalid", 400},
    {"dead_letter_unknown", 404},
    {"deadline_exceeded", 504},
    {"delivery_unknown", 404},
    {"documents_too_many", 413},
    {"event_refused", 409},
    {"event_unknown", 404},
    {"expectation_failed", 417},
    {"field_fixed", 400},
    {"field_invalid", 400},
    {"group_exists", 409},
    {"group_limit", 409},
    {"group_too_large", 400},
    {"group_unknown", 404},
    {"groups_too_many", 409},
    {"headers_too_large", 431},
    {"http_malformed", 400},
    {"http_version_unsupported", 505},
    {"id_invalid", 400},
    {"idempotency_key_invalid", 400},
    {"idempotency_mismatch", 422},
    {"identity_exists", 409},
    {"if_match_invalid", 400},
    {"internal", 500},
    {"item_too_large", 413},
    {"json_invalid", 400},
    {"last_admin", 409},
    {"login_refused", 401},
    {"member_unknown", 404},
    {"method_not_allowed", 405},
    {"misdirected_request", 421},
    {"not_owner", 403},
    {"oidc_login_invalid", 400},
    {"oidc_login_refused", 403},
    {"oidc_unavailable", 503},
    {"oidc_unconfigured", 404},
    {"path_malformed", 400},
    {"path_unknown", 404},
    {"payload_invalid", 400},
    {"permission_denied", 403},
    {"position_gone", 410},
    {"precondition_failed", 412},
    {"query_invalid", 400},
    {"rate_limited", 429},
    {"receiver_disabled", 409},
    {"receiver_exists", 409},
    {"receiver_in_use", 409},
    {"receiver_unknown", 404, 400},
    {"receivers_too_many", 409},
    {"refresh_refused", 401},
    {"request_invalid", 400},
    {"request_timeout", 408},
    {"schema_invalid", 400},
    {"sink_unknown", 404},
    {"storage_full", 503},
    {"stream_limit", 429},
    {"tokens_unavailable", 503},
    {"transfer_coding_unknown", 501},
    {"unavailable", 503},
    {"uri_too_long", 414},
    {"user_disabled", 409},
    {"user_exists", 409},
    {"user_unknown", 400, 404},
    {"web_socket_expected", 400},
    {"webhook_disabled", 409},
    {"webhook_exists", 409},
    {"webhook_unknown", 404},
    {"webhooks_too_many", 409},
});
static_assert(std::ranges::is_sorted(error_codes, {}, &ErrorCode::code));

/// A value and no pointer: the sanitizers of g++ 12 do not let a constant be compared with null.
[[nodiscard]] constexpr std::optional<ErrorCode> find_code(std::string_view code) {
  const auto* found = std::ranges::lower_bound(error_codes, code, {}, &ErrorCode::code);
  return found != error_codes.end() && found->code == code ? std::optional(*found) : std::nullopt;
}

}  // namespace xzepr::api

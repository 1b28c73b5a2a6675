// The refusals that several use cases say, each in one place, so that a code always means the same. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace xzepr::service {

/// 404 "receiver_unknown": absent, or not visible to the caller.
[[nodiscard]] Error receiver_unknown(std::string_view reference);
/// 400 "receiver_unknown" for a receiver named inside a request. `field` is the member at fault
/// ("event_receiver_id").
[[nodiscard]] Error receiver_unknown_in(std::string_view field, std::string_view reference);
/// 404 "group_unknown".
[[nodiscard]] Error group_unknown(std::string_view reference);
/// 404 "event_unknown", "artifact_unknown", "api_key_unknown".
[[nodiscard]] Error event_unknown(std::string_view reference);
[[nodiscard]] Error artifact_unknown(std::string_view reference);
[[nodiscard]] Error api_key_unknown(std::string_view reference);
/// 404 "sink_unknown", "dead_letter_unknown".
[[nodiscard]] Error sink_unknown(std::string_view reference);
[[nodiscard]] Error dead_letter_unknown(std::string_view reference);
/// 404 "webhook_unknown", "delivery_unknown".
[[nodiscard]] Error webhook_unknown(std::string_view reference);
[[nodiscard]] Error delivery_unknown(std::string_view reference);
/// 403 "not_owner": visible, but another's. `what` is "receiver", "group" or "webhook".
[[nodiscard]] Error not_owner(std::string_view what, std::string_view name);
/// 412 "precondition_failed": If-Match named another version.
[[nodiscard]] Error precondition_failed(std::string_view what, std::int64_t resource_version);
/// 400 "field_fixed": `fields` cannot be changed.
[[nodiscard]] Error field_fixed(std::string_view what, const std::vector<std::string>& fields);
/// 401 "credentials_invalid": the same words whatever is wrong with the credential.
[[nodiscard]] Error credentials_invalid();
/// 503: the catalogue moved on at each of several tries.
[[nodiscard]] Error catalogue_too_busy();
/// 409 with a code of its own.
[[nodiscard]] Error conflict(std::string_view code, std::string detail, std::string hint = {});

/// Puts `prefix` ("/3") before the pointer of each violation.
void prefix_pointers(std::vector<Violation>& violations, std::string_view prefix);

/// Text of a caller, cut for a message.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace xzepr::service

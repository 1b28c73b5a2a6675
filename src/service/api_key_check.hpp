// What a caller may give a new API key. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "identity/api_key.hpp"
#include "identity/principal.hpp"
#include "service/identity_service.hpp"

namespace xzepr::service {

/// The request in its stored form: name and username cleaned, expiry in the future, rpm at least 1. A
/// username has no white space and cannot be taken for an id or a role. "request_invalid" with all faults.
[[nodiscard]] Result<NewApiKey> check_new_api_key(NewApiKey request, TimePoint now);

struct KeyGrantInput {
  const identity::Principal& caller;
  const identity::User& user;  ///< whose key it will be
  const NewApiKey& request;
  std::optional<TimePoint> caller_key_expires_at;
};
struct KeyGrant {
  identity::RoleSet roles;
  std::optional<std::uint32_t> rpm;
  std::optional<TimePoint> expires_at;
};
/// A key never has more than its user; one that the caller makes for itself never more than the caller's own
/// key: same or fewer roles, no higher rate, no later end (an administrator may set rate and end).
/// "permission_denied", "field_invalid" (the user lacks a role), "user_disabled".
[[nodiscard]] Result<KeyGrant> grant(const KeyGrantInput& input);

[[nodiscard]] bool manages_users(const identity::Principal& principal);

}  // namespace xzepr::service

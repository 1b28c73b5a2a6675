#include "service/api_key_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/object_reader.hpp"
#include "service/refusals.hpp"
#include "service/user_check.hpp"

namespace xzepr::service {
namespace {

std::unexpected<Error> denied(std::string detail) {
  return std::unexpected(Error{.kind = Errc::forbidden,
                               .code = "permission_denied",
                               .detail = std::move(detail),
                               .hint = "ask an administrator"});
}

bool is_within(identity::RoleSet roles, identity::RoleSet all) { return roles.intersect(all) == roles; }

Result<std::optional<std::uint32_t>> granted_rpm(const KeyGrantInput& input) {
  if (manages_users(input.caller)) return input.request.rpm;
  if (!input.request.rpm) return input.caller.rpm;
  const bool is_lower = input.caller.rpm && *input.request.rpm <= *input.caller.rpm;
  if (!is_lower) return denied("setting a higher rate needs the permission user_manage");
  return input.request.rpm;
}

Result<std::optional<TimePoint>> granted_expiry(const KeyGrantInput& input) {
  const auto& limit = input.caller_key_expires_at;
  if (manages_users(input.caller) || !limit) return input.request.expires_at;
  if (!input.request.expires_at) return limit;
  if (*input.request.expires_at > *limit) return denied("a key cannot make a key that outlives it");
  return input.request.expires_at;
}

}  // namespace

bool manages_users(const identity::Principal& principal) {
  return identity::permits(principal.roles, identity::Permission::user_manage);
}

Result<NewApiKey> check_new_api_key(NewApiKey request, TimePoint now) {
  std::vector<Violation> faults;
  auto name = clean_text(request.name, {.length_min = 0, .length_max = limits::name_length_max});
  if (name) {
    request.name = *std::move(name);
  } else {
    name.error().pointer = "/name";
    faults.push_back(std::move(name).error());
  }
  if (request.username) clean_username(*request.username, faults);
  if (request.expires_at && *request.expires_at <= now) {
    faults.push_back({.pointer = "/expires_at", .keyword = "future", .message = "must be in the future"});
  }
  if (request.rpm && *request.rpm == 0) {
    faults.push_back({.pointer = "/rpm", .keyword = "minimum", .message = "must be at least 1"});
  }
  if (!faults.empty()) return std::unexpected(json::request_invalid(std::move(faults)));
  return request;
}

Result<KeyGrant> grant(const KeyGrantInput& input) {
  const auto& [caller, user, request, caller_key_expires_at] = input;
  if (!user.enabled) {
    return std::unexpected(conflict("user_disabled", fmt::format("the user {} is disabled", user.username)));
  }
  const bool is_own = user.id == caller.user_id;
  const auto roles_max = is_own ? user.roles.intersect(caller.roles) : user.roles;
  const auto roles = request.roles.is_empty() ? roles_max : request.roles;
  if (is_own && !is_within(roles, roles_max))
    return denied("a key cannot make a key with more roles than it has");
  if (!is_within(roles, user.roles)) {
    return invalid_field("roles", "subset",
                         fmt::format("the user {} does not have all of these roles", user.username));
  }
  auto rpm = granted_rpm(input);
  if (!rpm) return std::unexpected(std::move(rpm).error());
  auto expires_at = granted_expiry(input);
  if (!expires_at) return std::unexpected(std::move(expires_at).error());
  return KeyGrant{.roles = roles, .rpm = *rpm, .expires_at = *expires_at};
}

}  // namespace xzepr::service

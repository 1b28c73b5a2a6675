// Who is calling, verified. Made only by service/identity_service from a credential that was checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ulid.hpp"
#include "domain/catalogue.hpp"
#include "domain/group.hpp"
#include "domain/receiver.hpp"
#include "domain/subject.hpp"
#include "identity/role.hpp"

namespace xzepr::identity {

struct Principal {
  UserId user_id;
  std::string username;
  RoleSet roles;
  std::vector<std::string> team_roles =
      {};  ///< further role names that may own or be members (from a provider)
  std::optional<ApiKeyId> api_key_id = std::nullopt;
  std::optional<SessionId> session_id = std::nullopt;
  std::optional<std::uint32_t> rpm = std::nullopt;  ///< the key's own rate; replaces its tier
  std::optional<ReceiverId> default_receiver = std::nullopt;
  /// When the credential ends by itself; what lasts longer than a request must look at it.
  std::optional<TimePoint> expires_at = std::nullopt;
  /// The catalogue revision at which these rights were read; a write at another reads them again. -1: never.
  std::int64_t revision = -1;
};

/// True when `subject` is this user, or a role that the principal has.
[[nodiscard]] bool is_subject(const Principal& principal, const domain::Subject& subject);

/// May the principal call at all? Errc::forbidden, code "permission_denied", naming the permission.
[[nodiscard]] Result<void> require(const Principal& principal, Permission permission);

/// Seeing is by role: viewer, manager and admin see all; `user` sees only groups that it owns or is a member
/// of, the receivers of those groups and receivers that it owns, and those receivers' events.
[[nodiscard]] bool sees_all(const Principal& principal);
[[nodiscard]] bool may_see(const Principal& principal, const domain::Group& group);
[[nodiscard]] bool may_see(const Principal& principal, const domain::Receiver& receiver,
                           const domain::Catalogue& catalogue);
/// The receivers whose events this principal may see; nullopt: all.
[[nodiscard]] std::optional<std::vector<ReceiverId>> visible_receivers(const Principal& principal,
                                                                       const domain::Catalogue& catalogue);
/// Posting: managers and admins to any receiver; `user` to receivers of groups where it is owner or member.
[[nodiscard]] bool may_post_to(const Principal& principal, const domain::Receiver& receiver,
                               const domain::Catalogue& catalogue);
/// Changing needs ownership or admin, besides the permission.
[[nodiscard]] bool may_change(const Principal& principal, const domain::Subject& owner);

}  // namespace xzepr::identity

// Who did what to accounts and credentials, refusals included. Never a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ulid.hpp"

namespace xzepr::identity {

enum class AuditAction : std::uint8_t {
  login = 1,
  refresh,
  logout,
  session_revoked,
  user_created,
  user_changed,
  password_changed,
  api_key_created,
  api_key_revoked,
  admin_bootstrapped,
  signing_key_rotated,  ///< target: the new key's id
  login_limited,        ///< logins that a rate limit refused, some at once
  webhook_created,
  webhook_changed,  ///< detail: the URL, or what else was done
  webhook_deleted,
  webhook_disabled,  ///< by the server; detail: why
};
enum class AuditOutcome : std::uint8_t { succeeded = 1, refused };

[[nodiscard]] std::string_view to_string(AuditAction action);
[[nodiscard]] std::optional<AuditAction> parse_audit_action(std::string_view text);
[[nodiscard]] std::string_view to_string(AuditOutcome outcome);
[[nodiscard]] std::optional<AuditOutcome> parse_audit_outcome(std::string_view text);

struct AuditEntry {
  AuditId id;
  TimePoint at;
  AuditAction action = AuditAction::login;
  AuditOutcome outcome = AuditOutcome::succeeded;
  std::optional<UserId> user_id = std::nullopt;  ///< who did it; nullopt when nobody known did
  std::string username;                          ///< who did it; of a refused login the name that was tried
  std::string target;   ///< the name or id of what it was done to; "" when it is the user itself
  std::string detail;   ///< one line more; "" when there is none
  std::string address;  ///< the client's; "" on the command line
  std::string request_id;

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

}  // namespace xzepr::identity

#include "identity/audit.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace xzepr::identity {
namespace {

constexpr std::array audit_actions = {
    std::pair{AuditAction::login, std::string_view("login")},
    std::pair{AuditAction::refresh, std::string_view("refresh")},
    std::pair{AuditAction::logout, std::string_view("logout")},
    std::pair{AuditAction::session_revoked, std::string_view("session_revoked")},
    std::pair{AuditAction::user_created, std::string_view("user_created")},
    std::pair{AuditAction::user_changed, std::string_view("user_changed")},
    std::pair{AuditAction::password_changed, std::string_view("password_changed")},
    std::pair{AuditAction::api_key_created, std::string_view("api_key_created")},
    std::pair{AuditAction::api_key_revoked, std::string_view("api_key_revoked")},
    std::pair{AuditAction::admin_bootstrapped, std::string_view("admin_bootstrapped")},
    std::pair{AuditAction::signing_key_rotated, std::string_view("signing_key_rotated")},
    std::pair{AuditAction::login_limited, std::string_view("login_limited")},
    std::pair{AuditAction::webhook_created, std::string_view("webhook_created")},
    std::pair{AuditAction::webhook_changed, std::string_view("webhook_changed")},
    std::pair{AuditAction::webhook_deleted, std::string_view("webhook_deleted")},
    std::pair{AuditAction::webhook_disabled, std::string_view("webhook_disabled")},
};

}  // namespace

std::string_view to_string(AuditAction action) {
  for (const auto& [one, name] : audit_actions) {
    if (one == action) return name;
  }
  std::unreachable();
}

std::optional<AuditAction> parse_audit_action(std::string_view text) {
  for (const auto& [action, name] : audit_actions) {
    if (name == text) return action;
  }
  return std::nullopt;
}

std::string_view to_string(AuditOutcome outcome) {
  return outcome == AuditOutcome::succeeded ? "succeeded" : "refused";
}

std::optional<AuditOutcome> parse_audit_outcome(std::string_view text) {
  if (text == "succeeded") return AuditOutcome::succeeded;
  if (text == "refused") return AuditOutcome::refused;
  return std::nullopt;
}

}  // namespace xzepr::identity

#include "service/audit_log.hpp"

namespace xzepr::service {

identity::AuditEntry AuditLog::entry(const Context& context, AuditNote note) {
  identity::AuditEntry entry{.id = AuditId{ids_.next(context.now)},
                             .at = context.now,
                             .action = note.action,
                             .outcome = note.outcome,
                             .target = std::move(note.target),
                             .detail = std::move(note.detail),
                             .address = context.address,
                             .request_id = context.request_id};
  if (context.principal) {
    const bool is_local = context.principal->user_id == UserId{};
    if (!is_local) entry.user_id = context.principal->user_id;
    entry.username = context.principal->username;
  }
  return entry;
}

Task<> AuditLog::record(store::SessionStore& sessions, Context context, AuditNote note) {
  const auto made = entry(context, std::move(note));
  co_await sessions.record(made, context.deadline);
  tell(made);
}

void AuditLog::tell(const identity::AuditEntry& entry) {
  const auto level =
      entry.outcome == identity::AuditOutcome::refused ? telemetry::Level::error : telemetry::Level::info;
  const auto user_id = entry.user_id ? to_string(*entry.user_id) : std::string();
  log_.write(level, "audit", to_string(entry.action),
             {{"outcome", to_string(entry.outcome)},
              {"user_id", std::string_view(user_id)},
              {"username", std::string_view(entry.username)},
              {"target", std::string_view(entry.target)},
              {"detail", std::string_view(entry.detail)},
              {"address", std::string_view(entry.address)},
              {"request_id", std::string_view(entry.request_id)}});
}

}  // namespace xzepr::service

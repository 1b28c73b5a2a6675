// Rows of the audit log, made and told to the log at once. Shard-local.
#pragma once

#include <string>

#include "identity/audit.hpp"
#include "service/context.hpp"
#include "store/session_store.hpp"
#include "telemetry/log.hpp"

namespace xzepr::service {

struct AuditNote {
  identity::AuditAction action;
  identity::AuditOutcome outcome = identity::AuditOutcome::succeeded;
  std::string target = {};
  std::string detail = {};
};

class AuditLog {
 public:
  AuditLog(IdSource& ids, telemetry::Log& log) : ids_(ids), log_(log) {}

  /// A row of the context's caller; "nobody" when there is none.
  [[nodiscard]] identity::AuditEntry entry(const Context& context, AuditNote note);
  /// One line in the log; a refusal as an error. Call it when the row is stored.
  void tell(const identity::AuditEntry& entry);
  /// Stores a row of its own and tells it.
  [[nodiscard]] Task<> record(store::SessionStore& sessions, Context context, AuditNote note);

 private:
  IdSource& ids_;
  telemetry::Log& log_;
};

}  // namespace xzepr::service

#include "service/lasting_caller.hpp"

#include "service/refusals.hpp"

namespace xzepr::service {

bool may_hear(const identity::Principal& principal, const domain::Catalogue& catalogue,
              const domain::JournalRow& row) {
  if (identity::sees_all(principal)) return true;
  const bool is_of_receiver = row.kind == domain::JournalKind::event_created || !row.group_id;
  if (is_of_receiver) {
    const auto* receiver = row.receiver_id ? catalogue.find_receiver(*row.receiver_id) : nullptr;
    return receiver != nullptr && identity::may_see(principal, *receiver, catalogue);
  }
  const auto* group = catalogue.find_group(*row.group_id);
  return group != nullptr && identity::may_see(principal, *group);
}

Task<Result<void>> LastingCaller::check(identity::Permission permission, TimePoint now, Deadline deadline) {
  if (caller_->expires_at && *caller_->expires_at <= now) co_return std::unexpected(credentials_invalid());
  known_ = catalogue_.snapshot();
  const Context context{.principal = caller_, .deadline = deadline, .now = now, .request_id = {}};
  auto caller = co_await caller_at(context, known_->catalogue->revision(), &identities_);
  if (!caller) co_return std::unexpected(std::move(caller).error());
  caller_ = *std::move(caller);
  co_return identity::require(*caller_, permission);
}

bool LastingCaller::may_hear(const domain::JournalRow& row) const {
  return known_ && service::may_hear(*caller_, *known_->catalogue, row);
}

}  // namespace xzepr::service

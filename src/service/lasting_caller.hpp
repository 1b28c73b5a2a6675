// The caller of something that lasts longer than a request: its rights are looked at again whenever the
// catalogue has changed, and end when its credential does. One shard.
#pragma once

#include "domain/catalogue.hpp"
#include "domain/journal_row.hpp"
#include "service/catalogue.hpp"
#include "service/context.hpp"
#include "service/rights.hpp"

namespace xzepr::service {

class LastingCaller {
 public:
  /// All three must outlive it.
  LastingCaller(Caller caller, Catalogue& catalogue, store::IdentityStore& identities)
      : caller_(std::move(caller)), catalogue_(catalogue), identities_(identities) {}

  /// Looks again if it must: within a moment after a change on this node, within a second after one on
  /// another. "credentials_invalid" once the credential is expired, revoked or its user disabled,
  /// "permission_denied" once it lacks `permission`. Throws Fault when the store is away.
  [[nodiscard]] Task<Result<void>> check(identity::Permission permission, TimePoint now, Deadline deadline);

  /// As of the last check: may the caller hear of this?
  [[nodiscard]] bool may_hear(const domain::JournalRow& row) const;
  [[nodiscard]] const identity::Principal& principal() const { return *caller_; }

 private:
  Caller caller_;
  Catalogue& catalogue_;
  store::IdentityStore& identities_;
  Snapshot known_;  // null before the first check
};

/// Whoever sees a receiver hears of it and of its events, whoever sees a group of it and its gates. What is
/// deleted is heard of by those who see all.
[[nodiscard]] bool may_hear(const identity::Principal& principal, const domain::Catalogue& catalogue,
                            const domain::JournalRow& row);

}  // namespace xzepr::service

// The caller's rights, as they are now: a role or key revoked between the check of the credential and the
// write must count (the write is bound to a catalogue revision, and so are the rights).
#pragma once

#include <cstdint>
#include <memory>

#include "base/error.hpp"
#include "base/task.hpp"
#include "identity/principal.hpp"
#include "service/context.hpp"
#include "service/provider_logins.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

using Caller = std::shared_ptr<const identity::Principal>;

/// Whom a key speaks for, read at a catalogue revision. "credentials_invalid" when expired, revoked or
/// disabled.
[[nodiscard]] Result<Caller> principal_of(const store::Credential& credential, std::int64_t revision,
                                          TimePoint now);

/// The same of a session. "credentials_invalid" when it is over or its user disabled.
[[nodiscard]] Result<Caller> principal_of(const store::SessionRecord& record, std::int64_t revision,
                                          TimePoint now);

/// The same of a provider's token: its roles and teams. "credentials_invalid" when the user is disabled here.
[[nodiscard]] Result<Caller> principal_of(const ProviderBearer& bearer, std::int64_t revision);

/// The same caller, until `end` at most: a token may end before its session.
[[nodiscard]] Result<Caller> ending_by(Result<Caller> caller, std::optional<TimePoint> end);

/// The caller with the rights of `revision` or later: as known when they were read at that revision, else
/// read again. "credentials_invalid" when there are none left. Without `identities`, or for a caller without
/// a credential, as known.
[[nodiscard]] Task<Result<Caller>> caller_at(const Context& context, std::int64_t revision,
                                             store::IdentityStore* identities);

}  // namespace xzepr::service

// Whom a request means by a member of a group.
#pragma once

#include <string>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "domain/subject.hpp"
#include "store/catalogue_store.hpp"

namespace xzepr::service {

/// `member` is a user's id, a username or "role:NAME". 400 "user_unknown", "field_invalid", both with a
/// violation at /user_id.
[[nodiscard]] Task<Result<domain::Subject>> find_member(store::IdentityStore& identities, std::string member,
                                                        Deadline deadline);

}  // namespace xzepr::service

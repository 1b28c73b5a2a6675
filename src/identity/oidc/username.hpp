// The name that a person gets here at the first login. Names only ever look alike: an account is found by
// issuer and subject, never by one of these, so that nobody becomes "admin" by being called so elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/oidc/identity_claims.hpp"

namespace xzepr::identity::oidc {

/// Names to try in order until one is free: the wish of the provider in the characters [A-Za-z0-9_.@-], up to
/// 64 of them, then the same with "-" and 4, 8, 16 and 52 characters that stand for issuer and subject. The
/// last ones are no two identities' own. Never one of the product's roles or "admin" itself.
[[nodiscard]] std::vector<std::string> username_candidates(const ForeignIdentity& identity);

}  // namespace xzepr::identity::oidc

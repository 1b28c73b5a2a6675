// The keys of access tokens out of Vault: the newest version of a secret signs, and those before it verify
// until their grace ends, counted from the moment when the next version was written. So every node knows the
// same keys, and a restart forgets none.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "base/clock.hpp"
#include "identity/signing_keys.hpp"
#include "identity/vault/client.hpp"

namespace xzepr::identity::vault {

struct KeyPlace {
  std::string path;
  std::string field;
};

/// Of the secret's versions at most 32 are read. Otherwise why there is no key, for people.
[[nodiscard]] std::expected<SigningKeys, std::string> read_signing_keys(Client& client, const KeyPlace& place,
                                                                        std::chrono::seconds grace,
                                                                        TimePoint now);

}  // namespace xzepr::identity::vault

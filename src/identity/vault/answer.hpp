// What Vault answers, read: pure. https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and
// .../auth/token
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace xzepr::identity::vault {

inline constexpr std::size_t secret_bytes_max = 65'536;

/// How long the token lives; zero seconds: for ever.
struct Lease {
  std::chrono::seconds duration{0};
  bool is_renewable = false;

  friend bool operator==(const Lease&, const Lease&) = default;
};

/// One field of one version of a secret.
struct Secret {
  std::string text;          ///< 1 to 65,536 bytes
  std::int64_t version = 0;  ///< from 1 on; 0 when Vault does not say
  TimePoint created_at{};    ///< of the version; the epoch when Vault does not say
};

/// The field of a secret, or why there is none, for people; never a part of the secret.
[[nodiscard]] std::expected<Secret, std::string> read_secret(std::string_view body, std::string_view field);

/// The lease in the answer of renew-self, or why it cannot be read.
[[nodiscard]] std::expected<Lease, std::string> read_lease(std::string_view body);

/// What an answer that is not 200 means: Vault's own words, cleaned and cut, and what to do.
[[nodiscard]] std::string explain_refusal(int status, std::string_view body);

}  // namespace xzepr::identity::vault

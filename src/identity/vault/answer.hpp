// What Vault answers, read: pure. https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and
// .../auth/token
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace xzepr::identity::vault {

inline constexpr std::size_t secret_bytes_max = 65'536;

/// How long the token lives; zero seconds: for ever.
struct Lease {
  std::chrono::seconds duration{0};
  bool is_renewable = false;

  friend bool operator==(const Lease&, const Lease&) = default;
};

/// The field of a secret, of 1 to 65,536 bytes, or why there is none, for people; never a part of the secret.
[[nodiscard]] std::expected<std::string, std::string> read_secret(std::string_view body,
                                                                  std::string_view field);

/// The lease in the answer of renew-self, or why it cannot be read.
[[nodiscard]] std::expected<Lease, std::string> read_lease(std::string_view body);

/// What an answer that is not 200 means: Vault's own words, cleaned and cut, and what to do.
[[nodiscard]] std::string explain_refusal(int status, std::string_view body);

}  // namespace xzepr::identity::vault

// Password hashes: Argon2id (RFC 9106) with one lane, as text in the PHC string format. Each call takes tens
// of milliseconds and the memory of its cost: never on a shard's thread. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xzepr::crypto {

/// OWASP's floor of 2023: 19 MiB, two passes.
struct PasswordCost {
  std::size_t memory_kib = 19'456;
  unsigned passes = 2;
};

/// With a fresh salt of 16 bytes. Throws std::bad_alloc when the memory is not to be had.
[[nodiscard]] std::string hash_password(std::string_view password, PasswordCost cost = {});
/// True when `hash` is one of this password. Takes as long for a wrong one.
[[nodiscard]] bool verify_password(std::string_view password, const std::string& hash);
/// Was it made with another cost? Then make a new one while the password is at hand.
[[nodiscard]] bool needs_rehash(const std::string& hash, PasswordCost cost = {});

}  // namespace xzepr::crypto

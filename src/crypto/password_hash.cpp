#include "crypto/password_hash.hpp"

#include <new>

#include <sodium.h>

namespace xzepr::crypto {
namespace {

std::size_t memory_of(PasswordCost cost) { return cost.memory_kib * 1'024; }

}  // namespace

std::string hash_password(std::string_view password, PasswordCost cost) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  const int failed = crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), cost.passes,
                                           memory_of(cost), crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();
  hash.resize(hash.find('\0'));
  return hash;
}

bool verify_password(std::string_view password, const std::string& hash) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool needs_rehash(const std::string& hash, PasswordCost cost) {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost.passes, memory_of(cost)) != 0;
}

}  // namespace xzepr::crypto

#include "crypto/random.hpp"

#include <string_view>

#include <sodium.h>

#include "base/assert.hpp"

namespace xzepr::crypto {
namespace {

// libsodium is safe to use from many threads only after this.
void start() {
  static const bool is_started = sodium_init() >= 0;
  XZEPR_ASSERT(is_started);
}

}  // namespace

std::string random_bytes(std::size_t count) {
  start();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string random_base62(std::size_t length) {
  constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static_assert(digits.size() == 62);
  start();
  std::string text(length, '\0');
  for (char& c : text) c = digits[randombytes_uniform(static_cast<std::uint32_t>(digits.size()))];
  return text;
}

}  // namespace xzepr::crypto

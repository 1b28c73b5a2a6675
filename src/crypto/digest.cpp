#include "crypto/digest.hpp"

#include <memory>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include "base/assert.hpp"

namespace xzepr::crypto {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// Fetching an algorithm costs more than hashing a kilobyte with it, so it is done once; never freed, because
// other threads may still hash while the process exits.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  XZEPR_ASSERT(algorithm != nullptr);
  return algorithm;
}

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  XZEPR_ASSERT(algorithm != nullptr);
  return algorithm;
}

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

constexpr auto crc32_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t remainder = i;
    for (int bit = 0; bit < 8; ++bit)
      remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
    table[i] = remainder;
  }
  return table;
}();

constexpr int base64 = sodium_base64_VARIANT_ORIGINAL;
constexpr int base64url = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), data_of(bytes), bytes.size(), variant);
  text.pop_back();
  return text;
}

bool decode(std::string_view text, int variant, std::string& bytes) {
  bytes.resize(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const bool is_valid = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                          text.data(), text.size(), nullptr, &size, nullptr, variant) == 0;
  bytes.resize(is_valid ? size : 0);
  // libsodium takes some bytes beyond ASCII for letters.
  if (is_valid && encode(bytes, variant) == text) return true;
  bytes.clear();
  return false;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  Sha256 digest;
  const bool is_done = EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1 &&
                       EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                       EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  XZEPR_ASSERT(is_done);
  return digest;
}

struct Sha256Stream::State {
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  XZEPR_ASSERT(EVP_DigestInit_ex2(state_->context.get(), sha256_algorithm(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::add(std::string_view bytes) {
  XZEPR_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Stream::finish() {
  Sha256 digest;
  XZEPR_ASSERT(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1);
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  const std::unique_ptr<EVP_MAC_CTX, Free> context(EVP_MAC_CTX_new(hmac_algorithm()));
  char name[] = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                            OSSL_PARAM_construct_end()};
  // OpenSSL takes a null key for "the key set before": an empty one must still point somewhere.
  const unsigned char* key_data = key.empty() ? reinterpret_cast<const unsigned char*>("") : data_of(key);
  Sha256 digest;
  std::size_t size = 0;
  const bool is_done = EVP_MAC_init(context.get(), key_data, key.size(), params.data()) == 1 &&
                       EVP_MAC_update(context.get(), data_of(bytes), bytes.size()) == 1 &&
                       EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1;
  XZEPR_ASSERT(is_done && size == digest.size());
  return digest;
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) crc = (crc >> 8U) ^ crc32_table[(crc ^ static_cast<std::uint8_t>(c)) & 0xFFU];
  return ~crc;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');  // libsodium ends it with a zero
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::string to_base64(std::string_view bytes) { return encode(bytes, base64); }
bool from_base64(std::string_view text, std::string& bytes) { return decode(text, base64, bytes); }

std::string to_base64url(std::string_view bytes) { return encode(bytes, base64url); }
bool from_base64url(std::string_view text, std::string& bytes) { return decode(text, base64url, bytes); }

}  // namespace xzepr::crypto

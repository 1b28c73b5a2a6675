#include "crypto/secret_box.hpp"

#include <sodium.h>

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"

namespace xzepr::crypto {
namespace {

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string derive_key(std::string_view secret, std::string_view purpose) {
  const auto digest = hmac_sha256(secret, purpose);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string seal(std::string_view key, std::string_view context, std::string_view text) {
  XZEPR_ASSERT(key.size() == key_bytes);
  std::string sealed = random_bytes(nonce_bytes);
  sealed.resize(nonce_bytes + text.size() + tag_bytes);
  auto* const to = reinterpret_cast<unsigned char*>(sealed.data());
  crypto_aead_xchacha20poly1305_ietf_encrypt(to + nonce_bytes, nullptr, octets(text), text.size(),
                                             octets(context), context.size(), nullptr, to, octets(key));
  return sealed;
}

std::optional<std::string> unseal(std::string_view key, std::string_view context, std::string_view sealed) {
  XZEPR_ASSERT(key.size() == key_bytes);
  if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
  const auto body = sealed.substr(nonce_bytes);
  std::string text(body.size() - tag_bytes, '\0');
  const int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr, octets(body), body.size(),
      octets(context), context.size(), octets(sealed), octets(key));
  if (refused != 0) return std::nullopt;
  return text;
}

}  // namespace xzepr::crypto

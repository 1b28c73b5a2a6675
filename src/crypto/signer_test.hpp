// For tests: makes Ed25519 signatures, so that tokens of a provider can be played.
#pragma once

#include <string>
#include <string_view>

#include <sodium.h>

namespace xzepr::crypto {

class TestSigner {
 public:
  /// The same seed gives the same key.
  explicit TestSigner(char seed = 's') {
    const std::string seed_bytes(crypto_sign_SEEDBYTES, seed);
    crypto_sign_seed_keypair(octets(public_key_), octets(secret_key_),
                             reinterpret_cast<const unsigned char*>(seed_bytes.data()));
  }
  [[nodiscard]] const std::string& public_key() const { return public_key_; }
  [[nodiscard]] std::string sign(std::string_view text) const {
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(octets(signature), nullptr, reinterpret_cast<const unsigned char*>(text.data()),
                         text.size(), reinterpret_cast<const unsigned char*>(secret_key_.data()));
    return signature;
  }

 private:
  static unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

  std::string public_key_ = std::string(crypto_sign_PUBLICKEYBYTES, '\0');
  std::string secret_key_ = std::string(crypto_sign_SECRETKEYBYTES, '\0');
};

}  // namespace xzepr::crypto

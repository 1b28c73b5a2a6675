// Private keys that sign: RSA with SHA-256 (PKCS#1 v1.5, RFC 8017), ECDSA on P-256 with SHA-256 (FIPS 186-5)
// and Ed25519 (RFC 8032). A key belongs to one algorithm for good. Any thread.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/verify_key.hpp"

namespace xzepr::crypto {

/// Big-endian numbers without a sign: modulus and exponent of RSA, x and y of P-256, x and nothing of
/// Ed25519.
struct PublicNumbers {
  std::string first;
  std::string second;
};

class SignKey {
 public:
  /// PEM, PKCS#8 or the older forms, without a passphrase. Otherwise why not, for people: no private key,
  /// another kind, RSA of less than 2,048 bits or with an exponent below 65,537.
  [[nodiscard]] static std::expected<SignKey, std::string> from_pem(std::string_view pem);
  /// RSA: 2,048 bits.
  [[nodiscard]] static SignKey generate(SignatureKind kind);

  [[nodiscard]] SignatureKind kind() const { return public_key_.kind(); }
  [[nodiscard]] std::string to_pem() const;  ///< PKCS#8
  /// Of ECDSA: r and s, 32 bytes each (RFC 7518, section 3.4).
  [[nodiscard]] std::string sign(std::string_view text) const;
  [[nodiscard]] const VerifyKey& public_key() const { return public_key_; }
  [[nodiscard]] const PublicNumbers& numbers() const { return numbers_; }

 private:
  struct Handle;
  SignKey(std::shared_ptr<const Handle> handle, VerifyKey public_key, PublicNumbers numbers);
  [[nodiscard]] static std::expected<SignKey, std::string> of(std::shared_ptr<const Handle> handle);

  std::shared_ptr<const Handle> handle_;
  VerifyKey public_key_;
  PublicNumbers numbers_;
};

}  // namespace xzepr::crypto

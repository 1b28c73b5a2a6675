// Public keys of others, and their signatures over texts: RSA with SHA-256 (PKCS#1 v1.5, RFC 8017), ECDSA on
// P-256 with SHA-256 (FIPS 186-5) and Ed25519 (RFC 8032). A key belongs to one algorithm for good. Any
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace xzepr::crypto {

enum class SignatureKind : std::uint8_t { rsa_sha256, p256_sha256, ed25519 };

class VerifyKey {
 public:
  /// Big-endian numbers without a sign. nullopt unless the modulus has 2,048 to 8,192 bits and the exponent
  /// is odd, above 2 and of at most 64 bits: larger ones would let a key cost seconds.
  [[nodiscard]] static std::optional<VerifyKey> rsa(std::string_view modulus, std::string_view exponent);
  /// Coordinates of 32 bytes each. nullopt when the point is not on the curve.
  [[nodiscard]] static std::optional<VerifyKey> p256(std::string_view x, std::string_view y);
  /// nullopt unless it has 32 bytes.
  [[nodiscard]] static std::optional<VerifyKey> ed25519(std::string_view bytes);

  [[nodiscard]] SignatureKind kind() const { return kind_; }
  /// True when `signature` is this key's over `text`. Of ECDSA: r and s, 32 bytes each (RFC 7518,
  /// section 3.4).
  [[nodiscard]] bool verify(std::string_view text, std::string_view signature) const;

 private:
  struct Handle;
  VerifyKey(SignatureKind kind, std::shared_ptr<const Handle> handle);

  SignatureKind kind_;
  std::shared_ptr<const Handle> handle_;
};

}  // namespace xzepr::crypto

#include "crypto/verify_key.hpp"

#include <array>
#include <bit>
#include <string>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "crypto/openssl_owned.hpp"

namespace xzepr::crypto {
namespace {

constexpr int modulus_bits_min = 2'048;
constexpr int modulus_bits_max = 8'192;
constexpr std::size_t exponent_bytes_max = 8;
constexpr std::size_t coordinate_bytes = 32;
constexpr std::size_t ed25519_key_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<BIGNUM> number_of(std::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

Owned<EVP_PKEY> make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  const bool is_made = params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                       EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  ERR_clear_error();
  Owned<EVP_PKEY> owned(key);
  return is_made ? std::move(owned) : nullptr;
}

bool is_sound(EVP_PKEY* key) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const bool is_sound = context && EVP_PKEY_public_check(context.get()) == 1;
  ERR_clear_error();
  return is_sound;
}

// The form of ASN.1 that OpenSSL wants, out of r and s; "" when it is none.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * coordinate_bytes) return {};
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  auto r = number_of(signature.substr(0, coordinate_bytes));
  auto s = number_of(signature.substr(coordinate_bytes));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // the pair's own now
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

struct VerifyKey::Handle {
  Owned<EVP_PKEY> key;
};

VerifyKey::VerifyKey(SignatureKind kind, std::shared_ptr<const Handle> handle)
    : kind_(kind), handle_(std::move(handle)) {}

std::optional<VerifyKey> VerifyKey::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > modulus_bits_max / 8 || exponent.size() > exponent_bytes_max) return std::nullopt;
  const auto n = number_of(modulus);
  const auto e = number_of(exponent);
  const bool is_fit = n && e && BN_num_bits(n.get()) >= modulus_bits_min && BN_is_odd(n.get()) == 1 &&
                      BN_is_odd(e.get()) == 1 && BN_num_bits(e.get()) >= 2;
  if (!is_fit) return std::nullopt;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  auto key = make_key("RSA", builder.get());
  if (!key) return std::nullopt;
  return VerifyKey(SignatureKind::rsa_sha256, std::make_shared<Handle>(std::move(key)));
}

std::optional<VerifyKey> VerifyKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != coordinate_bytes || y.size() != coordinate_bytes) return std::nullopt;
  const std::string point = std::string("\x04").append(x).append(y);  // uncompressed (SEC 1, 2.3.3)
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  auto key = make_key("EC", builder.get());
  if (!key || !is_sound(key.get())) return std::nullopt;
  return VerifyKey(SignatureKind::p256_sha256, std::make_shared<Handle>(std::move(key)));
}

std::optional<VerifyKey> VerifyKey::ed25519(std::string_view bytes) {
  if (bytes.size() != ed25519_key_bytes) return std::nullopt;
  Owned<EVP_PKEY> key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()));
  ERR_clear_error();
  if (!key) return std::nullopt;
  return VerifyKey(SignatureKind::ed25519, std::make_shared<Handle>(std::move(key)));
}

bool VerifyKey::verify(std::string_view text, std::string_view signature) const {
  const bool is_ecdsa = kind_ == SignatureKind::p256_sha256;
  const std::string der = is_ecdsa ? der_of(signature) : std::string{};
  if (is_ecdsa && der.empty()) return false;
  const std::string_view shown = is_ecdsa ? std::string_view(der) : signature;
  const EVP_MD* const digest = kind_ == SignatureKind::ed25519 ? nullptr : EVP_sha256();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const bool is_genuine =
      context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, handle_->key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(shown), shown.size(), bytes_of(text), text.size()) == 1;
  ERR_clear_error();
  return is_genuine;
}

}  // namespace xzepr::crypto

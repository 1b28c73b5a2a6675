#include "crypto/sign_key.hpp"

#include <algorithm>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/assert.hpp"
#include "crypto/openssl_owned.hpp"

namespace xzepr::crypto {
namespace {

constexpr std::size_t p256_bytes = 32;
constexpr unsigned rsa_bits = 2'048;
constexpr unsigned long rsa_exponent_min = 65'537;

unsigned char* writable(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string number_param(EVP_PKEY* key, const char* name, std::size_t size_min) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  const Owned<BIGNUM> number(raw);
  const auto size = std::max(static_cast<std::size_t>(BN_num_bytes(number.get())), size_min);
  std::string bytes(size, '\0');
  BN_bn2binpad(number.get(), writable(bytes), static_cast<int>(size));
  return bytes;
}

bool has_exponent_of_today(EVP_PKEY* key) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw) != 1) return false;
  const Owned<BIGNUM> number(raw);
  return BN_num_bits(number.get()) > 32 || BN_get_word(number.get()) >= rsa_exponent_min;
}

PublicNumbers numbers_of(EVP_PKEY* key) {
  PublicNumbers numbers;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      numbers = {number_param(key, OSSL_PKEY_PARAM_RSA_N, 0), number_param(key, OSSL_PKEY_PARAM_RSA_E, 0)};
      break;
    case EVP_PKEY_EC:
      numbers = {number_param(key, OSSL_PKEY_PARAM_EC_PUB_X, p256_bytes),
                 number_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, p256_bytes)};
      break;
    case EVP_PKEY_ED25519: {
      std::size_t size = p256_bytes;
      numbers.first.resize(size);
      EVP_PKEY_get_raw_public_key(key, writable(numbers.first), &size);
      break;
    }
  }
  return numbers;
}

std::optional<VerifyKey> public_key_of(EVP_PKEY* key, const PublicNumbers& numbers) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return VerifyKey::rsa(numbers.first, numbers.second);
    case EVP_PKEY_EC:
      if (numbers.first.size() != p256_bytes || EVP_PKEY_get_bits(key) != 256) return std::nullopt;
      return VerifyKey::p256(numbers.first, numbers.second);
    case EVP_PKEY_ED25519: return VerifyKey::ed25519(numbers.first);
  }
  return std::nullopt;
}

// r and s out of OpenSSL's ASN.1.
std::string raw_pair_of(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Owned<ECDSA_SIG> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  XZEPR_ASSERT(pair != nullptr);
  std::string raw(2 * p256_bytes, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), writable(raw), p256_bytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), writable(raw) + p256_bytes, p256_bytes);
  return raw;
}

// A passphrase is never asked for on a terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

struct SignKey::Handle {
  Owned<EVP_PKEY> key;
};

SignKey::SignKey(std::shared_ptr<const Handle> handle, VerifyKey public_key, PublicNumbers numbers)
    : handle_(std::move(handle)), public_key_(std::move(public_key)), numbers_(std::move(numbers)) {}

std::expected<SignKey, std::string> SignKey::of(std::shared_ptr<const Handle> handle) {
  EVP_PKEY* const key = handle->key.get();
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    if (EVP_PKEY_get_bits(key) < static_cast<int>(rsa_bits))
      return std::unexpected("an RSA key of less than 2,048 bits");
    if (!has_exponent_of_today(key)) return std::unexpected("an RSA key with an exponent below 65,537");
  }
  auto numbers = numbers_of(key);
  auto public_key = public_key_of(key, numbers);
  if (!public_key) return std::unexpected("no RSA, P-256 or Ed25519 key");
  return SignKey(std::move(handle), *std::move(public_key), std::move(numbers));
}

std::expected<SignKey, std::string> SignKey::from_pem(std::string_view pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!key) return std::unexpected("no private key in PEM without a passphrase");
  auto made = of(std::make_shared<Handle>(std::move(key)));
  ERR_clear_error();
  return made;
}

SignKey SignKey::generate(SignatureKind kind) {
  EVP_PKEY* raw = nullptr;
  switch (kind) {
    case SignatureKind::rsa_sha256: raw = EVP_RSA_gen(rsa_bits); break;
    case SignatureKind::p256_sha256: raw = EVP_EC_gen("P-256"); break;
    case SignatureKind::ed25519: raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
  }
  XZEPR_ASSERT(raw != nullptr);
  auto made = of(std::make_shared<Handle>(Owned<EVP_PKEY>(raw)));
  XZEPR_ASSERT(made.has_value());
  return *std::move(made);
}

std::string SignKey::to_pem() const {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  XZEPR_ASSERT(PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0, nullptr,
                                             nullptr) == 1);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string SignKey::sign(std::string_view text) const {
  const EVP_MD* const digest = kind() == SignatureKind::ed25519 ? nullptr : EVP_sha256();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  XZEPR_ASSERT(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, handle_->key.get()) == 1);
  XZEPR_ASSERT(EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1);
  std::string signature(size, '\0');
  XZEPR_ASSERT(EVP_DigestSign(context.get(), writable(signature), &size, bytes, text.size()) == 1);
  signature.resize(size);
  return kind() == SignatureKind::p256_sha256 ? raw_pair_of(signature) : signature;
}

}  // namespace xzepr::crypto

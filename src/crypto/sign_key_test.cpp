#include "crypto/sign_key.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace xzepr::crypto {
namespace {

class EveryKind : public testing::TestWithParam<SignatureKind> {};

TEST_P(EveryKind, SignsWhatItsPublicKeyVerifies) {
  const auto key = SignKey::generate(GetParam());
  const auto signature = key.sign("text");
  EXPECT_EQ(key.kind(), GetParam());
  EXPECT_TRUE(key.public_key().verify("text", signature));
  EXPECT_FALSE(key.public_key().verify("texT", signature));
}

TEST_P(EveryKind, ComesBackFromItsPem) {
  const auto key = SignKey::generate(GetParam());
  const auto again = SignKey::from_pem(key.to_pem());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->numbers().first, key.numbers().first);
  EXPECT_TRUE(key.public_key().verify("text", again->sign("text")));
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind,
                         testing::Values(SignatureKind::rsa_sha256, SignatureKind::p256_sha256,
                                         SignatureKind::ed25519));

std::string pem_of(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  EVP_PKEY_free(key);
  return pem;
}

EVP_PKEY* rsa_with_exponent_3() {
  EVP_PKEY* key = nullptr;
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  BIGNUM* three = BN_new();
  BN_set_word(three, 3);
  EVP_PKEY_keygen_init(context);
  EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2'048);
  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, three);
  EVP_PKEY_generate(context, &key);
  BN_free(three);
  EVP_PKEY_CTX_free(context);
  return key;
}

// A17.
TEST(SignKey, WeakAndForeignKeysAreRefusedWithTheReason) {
  EXPECT_EQ(SignKey::from_pem(pem_of(EVP_RSA_gen(1'024))).error(), "an RSA key of less than 2,048 bits");
  EXPECT_EQ(SignKey::from_pem(pem_of(rsa_with_exponent_3())).error(),
            "an RSA key with an exponent below 65,537");
  EXPECT_EQ(SignKey::from_pem(pem_of(EVP_EC_gen("P-384"))).error(), "no RSA, P-256 or Ed25519 key");
  EXPECT_EQ(SignKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").error(),
            "no private key in PEM without a passphrase");
  EXPECT_EQ(SignKey::from_pem("").error(), "no private key in PEM without a passphrase");
}

}  // namespace
}  // namespace xzepr::crypto

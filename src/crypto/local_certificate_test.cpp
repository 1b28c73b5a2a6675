#include "crypto/local_certificate.hpp"

#include <memory>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace xzepr::crypto {

TEST(LocalCertificate, IsForThisMachineAndItsKeyFits) {
  const TimePoint now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}};
  const auto made = make_local_certificate(now);
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(made.certificate.data(), -1),
                                                       &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &X509_free);
  ASSERT_TRUE(certificate);
  for (const auto* host : {"localhost"})
    EXPECT_EQ(X509_check_host(certificate.get(), host, 0, 0, nullptr), 1);
  for (const auto* address : {"127.0.0.1", "::1"})
    EXPECT_EQ(X509_check_ip_asc(certificate.get(), address, 0), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "example.com", 0, 0, nullptr), 0);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_text(BIO_new_mem_buf(made.key.data(), -1), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  ASSERT_TRUE(key);
  EXPECT_EQ(X509_check_private_key(certificate.get(), key.get()), 1);
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  auto before = seconds - 60;
  EXPECT_LT(X509_cmp_time(X509_get0_notBefore(certificate.get()), &before), 0);
  auto later = seconds + 396 * 86'400;
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate.get()), &later), 0);
  EXPECT_NE(make_local_certificate(now).certificate, made.certificate);
}

}  // namespace xzepr::crypto

#include "http/tls.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/error.hpp"

namespace xzepr::http {
namespace {

// Mozilla, Server Side TLS 5.7, "intermediate".
constexpr const char* ciphers_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* ciphers_1_3 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* groups = "X25519:P-256:P-384";
constexpr std::size_t file_bytes_max = 1'048'576;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Context = std::shared_ptr<SSL_CTX>;

Fault unusable(const std::string& file, std::string_view why, std::string_view advice) {
  return {Fault::Kind::refused, fmt::format("TLS: {}: {}; {}", file, why, advice)};
}

std::string last_reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "it cannot be used" : reason;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw unusable(path, "cannot be read",
                   "set server.tls.cert_file and server.tls.key_file to readable files");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > file_bytes_max) throw unusable(path, "is too large", "it is to hold PEM, at most 1 MiB");
  return text;
}

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

TimePoint end_of(const X509* certificate) {
  std::tm time{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time);
  return TimePoint(std::chrono::seconds(timegm(&time)));
}

Context new_context() {
  Context context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  auto* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(
      raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  const bool is_set = SSL_CTX_set_cipher_list(raw, ciphers_1_2) == 1 &&
                      SSL_CTX_set_ciphersuites(raw, ciphers_1_3) == 1 &&
                      SSL_CTX_set1_groups_list(raw, groups) == 1;
  if (!is_set)
    throw Fault(Fault::Kind::refused, "TLS: OpenSSL knows none of the ciphers; install Debian's libssl3");
  return context;
}

// RFC 7301: HTTP/1.1 for those who ask for it; who offers other protocols only is told so.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned in_length, void*) {
  static constexpr std::array<unsigned char, 9> ours = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* selected = nullptr;
  const int result = SSL_select_next_proto(&selected, out_length, ours.data(), ours.size(), in, in_length);
  *out = selected;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

TimePoint use_chain(SSL_CTX* context, const std::string& file, const std::string& text) {
  const auto bio = bio_of(text);
  const Certificate own(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
  if (!own)
    throw unusable(file, "holds no PEM certificate", "put the server's certificate first, then the chain");
  if (SSL_CTX_use_certificate(context, own.get()) != 1)
    throw unusable(file, last_reason(), "use RSA of 2048 bits or more, or P-256");
  while (auto* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    SSL_CTX_add0_chain_cert(context, next);
  ERR_clear_error();  // the end of the file
  return end_of(own.get());
}

void use_key(SSL_CTX* context, const TlsFiles& files, const std::string& text) {
  const auto bio = bio_of(text);
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) throw unusable(files.key, "holds no PEM private key", "write one without a passphrase");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    throw unusable(files.key, last_reason(), fmt::format("it must be the key of {}", files.certificate));
}

}  // namespace

TlsCertificate::TlsCertificate(TlsFiles files) : files_(std::move(files)), loaded_(load(files_)) {}

TlsCertificate::Loaded TlsCertificate::load(const TlsFiles& files) {
  Loaded loaded{.certificate = read_file(files.certificate),
                .key = read_file(files.key),
                .context = new_context(),
                .expires_at = {}};
  loaded.expires_at = use_chain(loaded.context.get(), files.certificate, loaded.certificate);
  use_key(loaded.context.get(), files, loaded.key);
  SSL_CTX_set_alpn_select_cb(loaded.context.get(), select_protocol, nullptr);
  return loaded;
}

bool TlsCertificate::reload() {
  auto fresh = load(files_);
  const std::lock_guard lock(mutex_);
  if (fresh.certificate == loaded_.certificate && fresh.key == loaded_.key) return false;
  loaded_ = std::move(fresh);
  return true;
}

std::shared_ptr<ssl_ctx_st> TlsCertificate::context() const {
  const std::lock_guard lock(mutex_);
  return loaded_.context;
}

TimePoint TlsCertificate::expires_at() const {
  const std::lock_guard lock(mutex_);
  return loaded_.expires_at;
}

}  // namespace xzepr::http

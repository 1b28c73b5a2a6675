// What a server needs for TLS: its certificate chain and key, and the rules of Mozilla's "intermediate"
// configuration (5.7): TLS 1.2 and 1.3, forward secrecy and AEAD only, X25519, P-256 and P-384, no
// renegotiation, no compression. There are no session tickets, so no key of tickets can be stolen: a
// handshake costs what it costs.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"

struct ssl_ctx_st;

namespace xzepr::http {

struct TlsFiles {
  std::string certificate;  ///< chain, PEM, the server's own certificate first
  std::string key;          ///< PEM, without a passphrase
};

/// Any thread.
class TlsCertificate {
 public:
  /// Reads both. Fault::Kind::refused, one line, when they cannot be used.
  explicit TlsCertificate(TlsFiles files);

  /// Reads the files again. True when they had changed: handshakes from now on use what they hold;
  /// connections keep what they began with. Throws as the constructor, and then goes on with what it had.
  bool reload();
  [[nodiscard]] std::shared_ptr<ssl_ctx_st> context() const;
  /// The end of the server's own certificate.
  [[nodiscard]] TimePoint expires_at() const;

 private:
  struct Loaded {
    std::string certificate;  // the files' texts, to see a change
    std::string key;
    std::shared_ptr<ssl_ctx_st> context;
    TimePoint expires_at;
  };
  [[nodiscard]] static Loaded load(const TlsFiles& files);

  const TlsFiles files_;
  mutable std::mutex mutex_;
  Loaded loaded_;
};

}  // namespace xzepr::http

// A certificate for development on one machine.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace xzepr::crypto {

struct CertificateText {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM (PKCS #8), P-256
};

/// Self-signed, for localhost, 127.0.0.1 and ::1, valid from an hour before `now` for 397 days. Throws Fault
/// when OpenSSL has no random numbers.
[[nodiscard]] CertificateText make_local_certificate(TimePoint now);

}  // namespace xzepr::crypto

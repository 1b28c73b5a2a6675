// SHA-256, HMAC-SHA-256 (FIPS 180-4, RFC 2104) and CRC-32. OpenSSL's headers are included by this module
// only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace xzepr::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);

/// SHA-256 of what comes in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void add(std::string_view bytes);
  /// Once, at the end.
  [[nodiscard]] Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
/// The polynomial of zlib and Ethernet (0xEDB88320, reflected).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

/// True when equal; takes the same time wherever the first difference is.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

/// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Base64url without padding (RFC 4648, section 5).
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// Nothing but the exact canonical spelling is accepted: padding as above, no white space, unused bits zero.
/// False leaves `bytes` empty.
[[nodiscard]] bool from_base64(std::string_view text, std::string& bytes);
[[nodiscard]] bool from_base64url(std::string_view text, std::string& bytes);

}  // namespace xzepr::crypto

// API keys: "xzepr_" + 30 characters of base 62 (178 bits) + 6 characters of base 62 that hold the CRC-32 of
// what stands before them. Only the SHA-256 of a key is ever stored; a key with a bad checksum never reaches
// the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "crypto/digest.hpp"
#include "identity/role.hpp"

namespace xzepr::identity {

/// A new random key in clear. Show it once, store its hash.
[[nodiscard]] std::string make_api_key();
/// The hash under which the key is stored, or nullopt when the text cannot be a key of ours (shape,
/// checksum).
[[nodiscard]] std::optional<crypto::Sha256> parse_api_key(std::string_view text);
/// What may be shown of a key afterwards: its first 12 characters.
[[nodiscard]] std::string api_key_prefix(std::string_view key);

struct User {
  UserId id;
  std::string username;
  std::string email;
  std::string display_name;
  RoleSet roles;
  bool enabled = true;
  TimePoint created_at;

  friend bool operator==(const User&, const User&) = default;
};

struct ApiKey {
  ApiKeyId id;
  UserId user_id;
  std::string name;
  std::string prefix;
  crypto::Sha256 hash{};
  RoleSet roles;  ///< at most the user's; the intersection counts
  std::optional<std::uint32_t> rpm;
  std::optional<ReceiverId> default_receiver;
  TimePoint created_at;
  std::optional<TimePoint> expires_at;
  std::optional<TimePoint> revoked_at;
  std::optional<TimePoint> last_used_at;

  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

}  // namespace xzepr::identity

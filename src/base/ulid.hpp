// ULID: 48 bits of milliseconds since 1970 and 80 random bits, 26 characters of Crockford's base 32.
// https://github.com/ulid/spec. The UUID spelling of the same 128 bits is read too.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace xzepr {

inline constexpr std::size_t ulid_characters = 26;

struct Ulid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const Ulid&, const Ulid&) = default;
};

/// Accepts 26 characters of base 32 in either case (first one at most '7'; I, L and O are read as 1, 1, 0)
/// or the 36-character UUID spelling.
[[nodiscard]] std::optional<Ulid> parse_ulid(std::string_view text);
[[nodiscard]] std::string to_string(const Ulid& ulid);
[[nodiscard]] std::string to_uuid_string(const Ulid& ulid);
void append_ulid(std::string& out, const Ulid& ulid);
/// ulid_characters bytes from `at` on; where they end.
char* put_ulid(char* at, const Ulid& ulid);

/// The smallest of that millisecond: ids made before it are smaller.
[[nodiscard]] Ulid first_ulid(TimePoint time);

/// The other side of an IdSource is randomness: tests give their own.
class IdSource {
 public:
  virtual ~IdSource() = default;
  /// Each id is larger than the one before it from this source, also when the clock goes back. Any thread.
  [[nodiscard]] virtual Ulid next(TimePoint now) = 0;
};

/// Random from the operating system. Within one millisecond the random part counts up.
class UlidSource final : public IdSource {
 public:
  [[nodiscard]] Ulid next(TimePoint now) override;

 private:
  std::mutex mutex_;
  Ulid last_;  // guarded by mutex_
};

/// An id is a type of its own, so that no two kinds can be exchanged.
template <class Tag>
struct Id {
  Ulid value;

  friend auto operator<=>(const Id&, const Id&) = default;
};

template <class Tag>
[[nodiscard]] std::string to_string(const Id<Tag>& id) {
  return to_string(id.value);
}

template <class IdType>
[[nodiscard]] std::optional<IdType> parse_id(std::string_view text) {
  const auto ulid = parse_ulid(text);
  if (!ulid) return std::nullopt;
  return IdType{*ulid};
}

using EventId = Id<struct EventTag>;
using ReceiverId = Id<struct ReceiverTag>;
using GroupId = Id<struct GroupTag>;
using UserId = Id<struct UserTag>;
using ApiKeyId = Id<struct ApiKeyTag>;
using SessionId = Id<struct SessionTag>;
using AuditId = Id<struct AuditTag>;

/// The random tail of a ULID is already a good hash.
[[nodiscard]] std::size_t hash_bytes(const std::array<std::uint8_t, 16>& bytes) noexcept;

}  // namespace xzepr

template <>
struct std::hash<xzepr::Ulid> {
  std::size_t operator()(const xzepr::Ulid& ulid) const noexcept { return xzepr::hash_bytes(ulid.bytes); }
};
template <class Tag>
struct std::hash<xzepr::Id<Tag>> {
  std::size_t operator()(const xzepr::Id<Tag>& id) const noexcept {
    return xzepr::hash_bytes(id.value.bytes);
  }
};

#include "base/ulid.hpp"

#include <sys/random.h>

#include <bit>
#include <cstring>

#include "base/append.hpp"
#include "base/assert.hpp"

namespace xzepr {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::array<std::int8_t, 256> decode_table = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    const auto upper = static_cast<unsigned char>(alphabet[i]);
    table[upper] = static_cast<std::int8_t>(i);
    if (upper >= 'A') table[upper + 32] = static_cast<std::int8_t>(i);
  }
  for (const char one : {'I', 'i', 'L', 'l'}) table[static_cast<unsigned char>(one)] = 1;
  for (const char zero : {'O', 'o'}) table[static_cast<unsigned char>(zero)] = 0;
  return table;
}();

std::optional<Ulid> parse_base32(std::string_view text) {
  Uint128 value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = decode_table[static_cast<unsigned char>(text[i])];
    if (digit < 0 || (i == 0 && digit > 7)) return std::nullopt;
    value = (value << 5) | static_cast<unsigned char>(digit);
  }
  Ulid ulid;
  for (std::size_t i = 16; i-- > 0; value >>= 8) ulid.bytes[i] = static_cast<std::uint8_t>(value & 0xFF);
  return ulid;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Ulid> parse_uuid(std::string_view text) {
  Ulid ulid;
  std::size_t nibbles = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    auto& byte = ulid.bytes[nibbles / 2];
    byte = static_cast<std::uint8_t>((byte << 4) | digit);
    ++nibbles;
  }
  return ulid;
}

std::uint64_t load_big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return std::byteswap(value);
}
static_assert(std::endian::native == std::endian::little);

}  // namespace

std::optional<Ulid> parse_ulid(std::string_view text) {
  if (text.size() == 26) return parse_base32(text);
  if (text.size() == 36) return parse_uuid(text);
  return std::nullopt;
}

// Twelve characters of the lower half, one of both, thirteen of the upper.
char* put_ulid(char* at, const Ulid& ulid) {
  auto high = load_big_endian(ulid.bytes.data());
  auto low = load_big_endian(ulid.bytes.data() + 8);
  for (std::size_t i = 25; i > 13; --i, low >>= 5U) at[i] = alphabet[low & 31U];
  at[13] = alphabet[(low | high << 4U) & 31U];
  high >>= 1U;
  for (std::size_t i = 13; i-- > 0; high >>= 5U) at[i] = alphabet[high & 31U];
  return at + ulid_characters;
}

void append_ulid(std::string& out, const Ulid& ulid) {
  append_with(out, ulid_characters, [&ulid](char* at) { return put_ulid(at, ulid); });
}

std::string to_string(const Ulid& ulid) {
  std::string out;
  append_ulid(out, ulid);
  return out;
}

std::string to_uuid_string(const Ulid& ulid) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < ulid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += hex[ulid.bytes[i] >> 4];
    out += hex[ulid.bytes[i] & 15];
  }
  return out;
}

std::size_t hash_bytes(const std::array<std::uint8_t, 16>& bytes) noexcept {
  std::size_t tail = 0;
  std::memcpy(&tail, bytes.data() + 8, sizeof tail);
  return tail;
}

Ulid first_ulid(TimePoint time) {
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
  Ulid first;
  for (std::size_t i = 0; i < 6; ++i) first.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  return first;
}

Ulid UlidSource::next(TimePoint now) {
  Ulid fresh = first_ulid(now);
  const std::scoped_lock lock(mutex_);
  if (std::memcmp(fresh.bytes.data(), last_.bytes.data(), 6) <= 0) {
    fresh = last_;
    for (std::size_t i = 16; i-- > 0;) {
      if (++fresh.bytes[i] != 0) break;
    }
  } else {
    // Once a millisecond: a system call for each id would cost more than the id.
    XZEPR_ASSERT(::getrandom(fresh.bytes.data() + 6, 10, 0) == 10);
    // Room to count up within the millisecond without overflow.
    fresh.bytes[6] &= 0x7F;
  }
  last_ = fresh;
  return fresh;
}

}  // namespace xzepr

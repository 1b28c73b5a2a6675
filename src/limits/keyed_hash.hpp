// SipHash-1-3 with a key drawn at start: callers choose the text that is hashed, so its hash must not be
// predictable. https://www.aumasson.jp/siphash/siphash.pdf
#pragma once

#include <cstdint>
#include <string_view>

namespace xzepr::limits {

struct HashKey {
  std::uint64_t first;
  std::uint64_t second;
};

/// From the operating system.
[[nodiscard]] HashKey random_hash_key();

[[nodiscard]] std::uint64_t keyed_hash(std::string_view text, const HashKey& key);

}  // namespace xzepr::limits

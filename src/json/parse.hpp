// Bounded, strict parsing (RFC 8259). What two readers could understand differently is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "json/value.hpp"

namespace xzepr::json {

/// What to do with an integer beyond 64 bits. The second is for reading back what a store of ours has spelled
/// out: PostgreSQL's jsonb turns 1e23 into 24 digits.
enum class BigIntegers : std::uint8_t { refused, read_as_double };

struct ParseLimits {
  std::size_t depth_max = limits::json_depth_max;  ///< at most 1,000
  BigIntegers big_integers = BigIntegers::refused;
};

/// The value, or Errc::invalid with code "json_invalid", the byte offset in the detail, and one violation
/// (keyword "syntax", "utf8", "duplicateKey", "depth", "number" or "nul") that points to the innermost value
/// begun. Refused besides bad grammar: duplicate keys, trailing data, a byte order mark, invalid UTF-8, lone
/// surrogates, U+0000 in any string or key, integers beyond 64 bits, numbers that a double cannot hold
/// (1e400, 1e-400), nesting deeper than the limit, and objects whose keys were made to collide. Time and
/// memory are linear in the text.
[[nodiscard]] Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

}  // namespace xzepr::json

// Bounded, strict parsing (RFC 8259). What two readers could understand differently is refused.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "json/value.hpp"

namespace xzepr::json {

struct ParseLimits {
  std::size_t depth_max = limits::json_depth_max;
};

/// The value, or Errc::invalid with code "json_invalid", the byte offset in the detail, and one violation.
/// Refused besides bad grammar: duplicate keys, trailing data, a byte order mark, invalid UTF-8, lone
/// surrogates, U+0000 in any string or key, integers beyond 64 bits, numbers that are not finite as a double,
/// and nesting deeper than the limit. Time and memory are linear in the text.
[[nodiscard]] Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

}  // namespace xzepr::json

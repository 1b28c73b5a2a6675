// Numbers as decimals, for multipleOf: 0.0075 is a multiple of 0.0001 although their doubles are not.
#pragma once

#include <cstdint>

#include "json/value.hpp"

namespace xzepr::jsonschema {

/// digits * 10^exponent, the digits without trailing zeros; the sign does not matter here. A double stands
/// for its shortest spelling.
struct Decimal {
  std::uint64_t digits;
  int exponent;
};

/// `number` must be a finite number.
[[nodiscard]] Decimal to_decimal(const json::Value& number);

/// Exact. `divisor` is not zero.
[[nodiscard]] bool is_multiple(const Decimal& number, const Decimal& divisor);

}  // namespace xzepr::jsonschema

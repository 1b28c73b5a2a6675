#include "jsonschema/decimal.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace xzepr::jsonschema {
namespace {

__extension__ using Wide = unsigned __int128;

Decimal without_trailing_zeros(std::uint64_t digits, int exponent) {
  if (digits == 0) return {.digits = 0, .exponent = 0};
  while (digits % 10 == 0) {
    digits /= 10;
    ++exponent;
  }
  return {.digits = digits, .exponent = exponent};
}

Decimal from_double(double number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(number),
                                 std::chars_format::scientific)
                       .ptr;
  std::uint64_t digits = 0;
  int fraction = 0;
  const char* at = buffer.data();
  bool is_fraction = false;
  for (; *at != 'e'; ++at) {
    if (*at == '.') {
      is_fraction = true;
      continue;
    }
    digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
    fraction += is_fraction ? 1 : 0;
  }
  ++at;
  if (*at == '+') ++at;
  int exponent = 0;
  std::from_chars(at, end, exponent);
  return without_trailing_zeros(digits, exponent - fraction);
}

std::uint64_t multiply_mod(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(Wide{a} * b % modulus);
}

std::uint64_t power_of_ten_mod(int exponent, std::uint64_t modulus) {
  std::uint64_t result = 1 % modulus;
  std::uint64_t base = 10 % modulus;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = multiply_mod(result, base, modulus);
    base = multiply_mod(base, base, modulus);
  }
  return result;
}

}  // namespace

Decimal to_decimal(const json::Value& number) {
  if (const auto* large = number.if_uint64()) return without_trailing_zeros(*large, 0);
  if (const auto* integer = number.if_int64()) {
    const auto bits = static_cast<std::uint64_t>(*integer);
    return without_trailing_zeros(*integer < 0 ? 0 - bits : bits, 0);
  }
  return from_double(number.get_double());
}

bool is_multiple(const Decimal& number, const Decimal& divisor) {
  if (number.digits == 0) return true;
  // Without trailing zeros, no power of ten is left in the digits that a larger exponent of the divisor could
  // divide.
  if (number.exponent < divisor.exponent) return false;
  const auto scale = power_of_ten_mod(number.exponent - divisor.exponent, divisor.digits);
  return multiply_mod(number.digits % divisor.digits, scale, divisor.digits) == 0;
}

}  // namespace xzepr::jsonschema

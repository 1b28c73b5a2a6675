// What a piece of work costs in steps of the validator's budget: measured against that of an ordinary
// keyword, some 5 to 10 ns. Private to this module.
#pragma once

#include <bit>
#include <cstddef>

namespace xzepr::jsonschema::steps {

/// To find a name in an object: it may have to be hashed.
[[nodiscard]] constexpr std::size_t to_find(std::size_t name_bytes) { return 4 + name_bytes / 8; }

/// To find a text among `count` sorted ones.
[[nodiscard]] constexpr std::size_t to_search(std::size_t count, std::size_t bytes) {
  const auto comparisons = static_cast<std::size_t>(std::bit_width(count));
  return comparisons / 2 + comparisons * bytes / 128;
}

/// A format, before its text is read.
inline constexpr std::size_t to_begin_format = 12;

/// To read a text once, character by character.
[[nodiscard]] constexpr std::size_t to_read(std::size_t bytes) { return bytes / 2; }

/// To sort values; those that are not alike are spelled out for it.
[[nodiscard]] constexpr std::size_t to_sort(std::size_t values, std::size_t bytes, bool are_alike) {
  return values * (are_alike ? 12 : 50) + bytes / 4 + to_search(values, bytes);
}

/// A number that is no plain integer against a divisor: spelled out, then some divisions of 128 bits.
inline constexpr std::size_t to_divide = 60;

/// A violation: some texts of it.
[[nodiscard]] constexpr std::size_t to_report(std::size_t bytes) { return 100 + bytes / 4; }

/// Another set of evaluated members.
inline constexpr std::size_t to_collect = 6;

}  // namespace xzepr::jsonschema::steps

// What a schema may cost at most, whoever wrote it.
#pragma once

#include <cstddef>

namespace xzepr::limits {

inline constexpr std::size_t schema_bytes_max = 256 * 1'024;
inline constexpr std::size_t schema_values_max = 10'000;  // JSON values in a schema, all counted
inline constexpr std::size_t schema_patterns_max = 100;   // each may hold a megabyte once it is used
inline constexpr std::size_t schema_pattern_instructions_max = 100'000;  // of all together
inline constexpr std::size_t schema_violations_max = 100;
inline constexpr std::size_t schema_violation_bytes_max = 65'536;  // of the violations of one value together
inline constexpr std::size_t schema_depth_max = 512;        // schemas within schemas, applied to one value
inline constexpr std::size_t schema_steps_max = 2'000'000;  // of work on one value: at most 50 ms

}  // namespace xzepr::limits

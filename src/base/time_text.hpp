// RFC 3339 date-times (section 5.6): any offset in, UTC with microseconds out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace xzepr {

inline constexpr std::size_t time_characters = 27;

/// Years 0001 to 9999. More than six fraction digits are cut, a leap second reads as the second after it.
[[nodiscard]] std::optional<TimePoint> parse_time(std::string_view text);

/// "2026-01-31T09:30:00.000000Z", always 27 characters for years 0000 to 9999.
[[nodiscard]] std::string to_string(TimePoint time);
void append_time(std::string& out, TimePoint time);
/// time_characters bytes from `at` on; where they end.
char* put_time(char* at, TimePoint time);

}  // namespace xzepr

// Durations and moments as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace xzepr::cli {

/// "30m", "90s", "1h30m", "7d", "500ms"; a bare number is seconds. At most ten years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// An RFC 3339 time, a date ("2026-01-31", midnight UTC), or a duration: before `now` ("2h" as the start of a
/// range), or after it when `sign` is later ("90d" as an expiry). Rendered as RFC 3339.
enum class Relative : bool { earlier, later };
[[nodiscard]] std::optional<std::string> parse_moment(std::string_view text, TimePoint now,
                                                      Relative relative);

}  // namespace xzepr::cli

// When a server wants to be asked again: the field Retry-After (RFC 9110 10.2.3) and its dates. Pure; any
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace xzepr::http {

/// The three forms of RFC 9110 5.6.7, letter by letter; the name of the weekday is not compared with the
/// date. A year of two digits is the one within the 50 years after `now`, or before it. A leap second reads
/// as the second after it.
[[nodiscard]] std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now);

/// Seconds from now, or a date, which may be past. No moment is later than ten years from now.
[[nodiscard]] std::optional<TimePoint> parse_retry_after(std::string_view text, TimePoint now);

}  // namespace xzepr::http

#include "cli/time_arguments.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/time_text.hpp"

namespace xzepr::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds duration_max = std::chrono::hours{24 * 3'660};

std::optional<std::int64_t> unit_milliseconds(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit.empty() || unit == "s") return 1'000;
  if (unit == "m" || unit == "min") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  return std::nullopt;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  milliseconds total{0};
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || text.front() == '-' || number > duration_max.count()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit_end = std::min(text.find_first_of("0123456789"), text.size());
    const auto unit = unit_milliseconds(text.substr(0, unit_end));
    if (!unit || number > duration_max.count() / *unit) return std::nullopt;
    total += milliseconds{number * *unit};
    if (total > duration_max) return std::nullopt;
    text.remove_prefix(unit_end);
  }
  return total;
}

std::optional<std::string> parse_moment(std::string_view text, TimePoint now, Relative relative) {
  if (const auto time = parse_time(text)) return to_string(*time);
  if (const auto day = parse_time(fmt::format("{}T00:00:00Z", text))) return to_string(*day);
  const auto duration = parse_duration(text);
  if (!duration) return std::nullopt;
  return to_string(relative == Relative::later ? now + *duration : now - *duration);
}

}  // namespace xzepr::cli

// The formats of dates and times. Not base/time_text.hpp: a format has all fraction digits, leap seconds and
// the year 0000, which a time of ours has not.
#include <array>
#include <optional>

#include "jsonschema/format.hpp"

namespace xzepr::jsonschema {
namespace {

/// Two or four digits at the front, stepped over.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

int days_of(int year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

bool take_fraction(std::string_view& text) {
  if (!take(text, '.')) return true;
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(end);
  return end > 0;
}

/// Minutes to subtract for UTC: "Z" or "+hh:mm", the whole of `text`.
std::optional<int> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool is_east = text.starts_with('+');
  if (!take(text, is_east ? '+' : '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  return (*hours * 60 + *minutes) * (is_east ? 1 : -1);
}

bool is_end_of_day(int minute_of_day, int offset) {
  constexpr int day = 24 * 60;
  return (minute_of_day - offset + 2 * day) % day == day - 1;
}

/// "12Y" and the like at the front, stepped over; its unit, or 0.
char take_element(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  if (end == 0 || end == text.size()) return 0;
  const char unit = text[end];
  text.remove_prefix(end + 1);
  return unit;
}

/// Elements whose units follow each other as in `units`, none left out between two (RFC 3339 appendix A). At
/// least one.
bool take_elements(std::string_view& text, std::string_view units) {
  std::size_t next = std::string_view::npos;
  while (!text.empty() && text.front() != 'T') {
    const char unit = take_element(text);
    const auto at = unit == 0 ? std::string_view::npos : units.find(unit);
    if (at == std::string_view::npos || (next != std::string_view::npos && at != next)) return false;
    next = at + 1;
  }
  return next != std::string_view::npos;
}

}  // namespace

bool is_date(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return false;
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) return false;
  const auto day = take_number(text, 2);
  return day && *day >= 1 && *day <= days_of(*year, *month) && text.empty();
}

bool is_time(std::string_view text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return false;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return false;
  const auto second = take_number(text, 2);
  if (!second || *second > 60 || !take_fraction(text)) return false;
  const auto offset = read_offset(text);
  return offset && (*second < 60 || is_end_of_day(*hour * 60 + *minute, *offset));
}

bool is_date_time(std::string_view text) {
  return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && is_date(text.substr(0, 10)) &&
         is_time(text.substr(11));
}

bool is_duration(std::string_view text) {
  if (!take(text, 'P') || text.empty()) return false;
  if (text.back() == 'W') return take_elements(text, "W");
  if (text.front() != 'T' && !take_elements(text, "YMD")) return false;
  return text.empty() || (take(text, 'T') && take_elements(text, "HMS") && text.empty());
}

}  // namespace xzepr::jsonschema

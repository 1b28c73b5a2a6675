#include "base/time_text.hpp"

#include <array>
#include <cstring>

#include "base/append.hpp"

namespace xzepr {
namespace {

// Reads exactly `digits` decimal digits at the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *year < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<std::chrono::microseconds> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return std::chrono::microseconds{0};
  std::int64_t micros = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 6) micros = micros * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return std::chrono::microseconds{micros};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes{0};
  if (text.empty()) return std::nullopt;
  const char sign = text.front();
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const int total = *hours * 60 + *minutes;
  return std::chrono::minutes{sign == '-' ? -total : total};
}

constexpr std::array<char, 200> pairs = [] {
  std::array<char, 200> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  return table;
}();

// Two digits at a time, by hand: an answer holds four times, and a formatter costs ten times as much.
char* put_pair(char* at, unsigned value) {
  std::memcpy(at, &pairs[2UL * (value % 100)], 2);
  return at + 2;
}

char* put_pair(char* at, unsigned value, char end) {
  at = put_pair(at, value);
  *at = end;
  return at + 1;
}

}  // namespace

std::optional<TimePoint> parse_time(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const TimePoint time = TimePoint{*date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                         std::chrono::seconds{*second} + *fraction - *offset;
  // An offset must not carry the time out of the years that both stores can hold and we can print.
  if (time < TimePoint{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}}) return std::nullopt;
  if (time >= TimePoint{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}}) return std::nullopt;
  return time;
}

char* put_time(char* at, TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto micros = static_cast<unsigned>(clock.subseconds().count());
  at = put_pair(at, year / 100);
  at = put_pair(at, year, '-');
  at = put_pair(at, static_cast<unsigned>(date.month()), '-');
  at = put_pair(at, static_cast<unsigned>(date.day()), 'T');
  at = put_pair(at, static_cast<unsigned>(clock.hours().count()), ':');
  at = put_pair(at, static_cast<unsigned>(clock.minutes().count()), ':');
  at = put_pair(at, static_cast<unsigned>(clock.seconds().count()), '.');
  at = put_pair(at, micros / 10'000);
  at = put_pair(at, micros / 100);
  return put_pair(at, micros, 'Z');
}

void append_time(std::string& out, TimePoint time) {
  append_with(out, time_characters, [time](char* at) { return put_time(at, time); });
}

std::string to_string(TimePoint time) {
  std::string out;
  out.reserve(27);
  append_time(out, time);
  return out;
}

}  // namespace xzepr

#include "http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/grammar.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;

constexpr auto retry_after_max = std::chrono::days{3'653};
constexpr int two_digit_years_ahead = 50;

constexpr std::array<std::string_view, 7> short_day_names = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> long_day_names = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                            "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads a date from left to right; the first thing that is not there spoils it.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  DateReader& literal(std::string_view expected) {
    is_good_ = is_good_ && rest_.starts_with(expected);
    if (is_good_) rest_.remove_prefix(expected.size());
    return *this;
  }

  DateReader& number(std::size_t digits, int& into) {
    is_good_ = is_good_ && rest_.size() >= digits;
    if (!is_good_) return *this;
    const char* const end = rest_.data() + digits;
    is_good_ = rest_.front() != '-' && std::from_chars(rest_.data(), end, into).ptr == end;
    rest_.remove_prefix(digits);
    return *this;
  }

  // asctime writes the first nine days with a space.
  DateReader& spaced_day(int& into) {
    if (!rest_.starts_with(' ')) return number(2, into);
    return literal(" ").number(1, into);
  }

  DateReader& month(unsigned& into) {
    const auto found = std::ranges::find(month_names, rest_.substr(0, 3));
    is_good_ = is_good_ && found != month_names.end();
    if (is_good_) rest_.remove_prefix(3);
    into = static_cast<unsigned>(found - month_names.begin()) + 1;
    return *this;
  }

  DateReader& weekday(std::span<const std::string_view> names) {
    const auto found = std::ranges::find_if(names, [&](auto name) { return rest_.starts_with(name); });
    is_good_ = is_good_ && found != names.end();
    if (is_good_) rest_.remove_prefix(found->size());
    return *this;
  }

  [[nodiscard]] bool is_whole() const { return is_good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

struct DateParts {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// "08:49:37"
DateReader& time_of_day(DateReader& reader, DateParts& parts) {
  return reader.number(2, parts.hour)
      .literal(":")
      .number(2, parts.minute)
      .literal(":")
      .number(2, parts.second);
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf(std::string_view text, DateParts& parts) {
  DateReader reader(text);
  reader.weekday(short_day_names)
      .literal(", ")
      .number(2, parts.day)
      .literal(" ")
      .month(parts.month)
      .literal(" ");
  reader.number(4, parts.year).literal(" ");
  return time_of_day(reader, parts).literal(" GMT").is_whole();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool read_rfc850(std::string_view text, DateParts& parts) {
  DateReader reader(text);
  reader.weekday(long_day_names)
      .literal(", ")
      .number(2, parts.day)
      .literal("-")
      .month(parts.month)
      .literal("-");
  reader.number(2, parts.year).literal(" ");
  return time_of_day(reader, parts).literal(" GMT").is_whole();
}

// "Sun Nov  6 08:49:37 1994"
bool read_asctime(std::string_view text, DateParts& parts) {
  DateReader reader(text);
  reader.weekday(short_day_names)
      .literal(" ")
      .month(parts.month)
      .literal(" ")
      .spaced_day(parts.day)
      .literal(" ");
  return time_of_day(reader, parts).literal(" ").number(4, parts.year).is_whole();
}

int year_of(TimePoint time) {
  return static_cast<int>(std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)}.year());
}

int whole_year(int two_digits, TimePoint now) {
  const int this_year = year_of(now);
  int year = this_year - this_year % 100 + two_digits;
  if (year > this_year + two_digit_years_ahead) year -= 100;
  if (year <= this_year + two_digit_years_ahead - 100) year += 100;
  return year;
}

std::optional<TimePoint> moment(const DateParts& parts) {
  const std::chrono::year_month_day date{std::chrono::year{parts.year}, std::chrono::month{parts.month},
                                         std::chrono::day{static_cast<unsigned>(parts.day)}};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{parts.hour} + std::chrono::minutes{parts.minute} +
         std::chrono::seconds{parts.second};
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now) {
  DateParts parts;
  if (read_imf(text, parts) || read_asctime(text, parts = {})) return moment(parts);
  if (!read_rfc850(text, parts = {})) return std::nullopt;
  parts.year = whole_year(parts.year, now);
  return moment(parts);
}

std::optional<TimePoint> parse_retry_after(std::string_view text, TimePoint now) {
  text = grammar::without_ows(text);
  const TimePoint last = now + retry_after_max;
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    const auto date = parse_http_date(text, now);
    if (!date) return std::nullopt;
    return std::min(*date, last);
  }
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, seconds);
  if (stop != end) return std::nullopt;
  const bool is_longer = failed != std::errc{} || std::chrono::seconds{seconds} > retry_after_max;
  return is_longer ? last : now + std::chrono::seconds{seconds};
}

}  // namespace xzepr::http

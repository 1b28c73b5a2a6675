#include "http/retry_after.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"

namespace xzepr::http {
namespace {

const TimePoint noon = parse_time("2026-11-26T12:00:00Z").value();

std::string date(std::string_view text, TimePoint now = noon) {
  const auto read = parse_http_date(text, now);
  return read ? xzepr::to_string(*read) : "";
}

std::string after(std::string_view text) {
  const auto read = parse_retry_after(text, noon);
  return read ? xzepr::to_string(*read) : "";
}

}  // namespace

TEST(HttpDate, IsReadInItsThreeForms) {
  const std::string expected = "1994-11-06T08:49:37.000000Z";
  EXPECT_EQ(date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(date("Sun Nov  6 08:49:37 1994"), expected);
  EXPECT_EQ(date("Sun Nov 16 08:49:37 1994"), "1994-11-16T08:49:37.000000Z");
  EXPECT_EQ(date("Sat, 31 Dec 2016 23:59:60 GMT"), "2017-01-01T00:00:00.000000Z");
  EXPECT_EQ(date("Thu, 29 Feb 2024 00:00:00 GMT"), "2024-02-29T00:00:00.000000Z");
}

TEST(HttpDate, CompletesTwoDigitsOfAYear) {
  EXPECT_EQ(date("Monday, 06-Nov-76 08:49:37 GMT").substr(0, 4), "2076");
  EXPECT_EQ(date("Monday, 06-Nov-77 08:49:37 GMT").substr(0, 4), "1977");
  EXPECT_EQ(date("Monday, 06-Nov-00 08:49:37 GMT").substr(0, 4), "2000");
  EXPECT_EQ(date("Monday, 06-Nov-05 08:49:37 GMT", parse_time("2090-01-01T00:00:00Z").value()).substr(0, 4),
            "2105");
}

TEST(HttpDate, IsNothingElse) {
  for (const std::string_view text : {"",
                                      "Sun",
                                      "Sun, 06 Nov 1994",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 UTC",
                                      "Sun, 06 Nov 1994 08:49:37 GMT ",
                                      "Sun, 06 Nov 1994 08:49:37 +0000",
                                      "Sun, 06 Nov 1994 24:00:00 GMT",
                                      "Sun, 06 Nov 1994 08:60:00 GMT",
                                      "Sun, 06 Nov 1994 08:49:61 GMT",
                                      "Sun, 31 Nov 1994 08:49:37 GMT",
                                      "Sun, 29 Feb 2023 08:49:37 GMT",
                                      "Sun, 00 Nov 1994 08:49:37 GMT",
                                      "Sun, -6 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 -8:49:37 GMT",
                                      "Sun, 06 Nov 94 08:49:37 GMT",
                                      "Sunday, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov 6 08:49:37 1994",
                                      "Sun Nov 06 08:49:37 1994 GMT",
                                      "1994-11-06T08:49:37Z",
                                      "Sun, 06 Nov 1994  8:49:37 GMT"}) {
    EXPECT_EQ(date(text), "") << text;
  }
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(after("120"), "2026-11-26T12:02:00.000000Z");
  EXPECT_EQ(after("0"), "2026-11-26T12:00:00.000000Z");
  EXPECT_EQ(after(" 007\t"), "2026-11-26T12:00:07.000000Z");
  EXPECT_EQ(after("Thu, 26 Nov 2026 13:00:00 GMT"), "2026-11-26T13:00:00.000000Z");
  EXPECT_EQ(after("Sun, 06 Nov 1994 08:49:37 GMT"), "1994-11-06T08:49:37.000000Z");
}

TEST(RetryAfter, HasABound) {
  const std::string last = "2036-11-26T12:00:00.000000Z";
  EXPECT_EQ(after("315619200"), last);
  EXPECT_EQ(after("315619201"), last);
  EXPECT_EQ(after("9223372036854775807"), last);
  EXPECT_EQ(after("99999999999999999999999999"), last);
  EXPECT_EQ(after("Fri, 31 Dec 9999 23:59:59 GMT"), last);
}

TEST(RetryAfter, IsNothingElse) {
  for (const std::string_view text :
       {"", " ", "-1", "+1", "1.5", "1s", "1 2", "0x10", "soon", "99999999999999999999999999x", "1e3"}) {
    EXPECT_EQ(after(text), "") << text;
  }
}

}  // namespace xzepr::http

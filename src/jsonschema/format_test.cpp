#include "jsonschema/format.hpp"

#include <gtest/gtest.h>

namespace xzepr::jsonschema {
namespace {

TEST(Format, UriNeedsASchemeAndOnlyWhatMayStandThere) {
  for (const auto* text : {"https://user@host:80/a/b?c=d#e", "urn:isbn:0451450523", "mailto:a@b.c",
                           "http://[::1]/x", "pkg:deb/debian/curl@7.50.3-1?arch=i386", "a:"}) {
    EXPECT_TRUE(is_uri(text)) << text;
  }
  for (const auto* text : {"", "no-scheme", "1a:x", ":x", "http://a b", "http://a/%2", "http://a/%zz",
                           "a:b#c#d", "http://a/[x]", "http://ex\u00e4mple"}) {
    EXPECT_FALSE(is_uri(text)) << text;
  }
}

TEST(Format, EmailIsAMailbox) {
  for (const auto* text : {"a@b", "first.last+tag@example.co.uk", "o'brien@x-y.z", R"("a b"@c)", R"("\"@"@c)",
                           "a@[127.0.0.1]", "a@[IPv6:::1]"})
    EXPECT_TRUE(is_email(text)) << text;
  for (const auto* text : {"", "@b", "a@", "a@b@c", ".a@b", "a..b@c", "a@-b", "a@b-", "a@b..c", "a b@c",
                           R"("a@c)", R"("a"b@c)", "a@[127.0.0.1", "a@[x]", "a@[]"}) {
    EXPECT_FALSE(is_email(text)) << text;
  }
}

TEST(Format, UuidIsItsShape) {
  EXPECT_TRUE(is_uuid("123E4567-e89b-12d3-a456-426614174000"));
  EXPECT_FALSE(is_uuid("123e4567e89b12d3a456426614174000"));
  EXPECT_FALSE(is_uuid("123e4567-e89b-12d3-a456-42661417400g"));
}

TEST(Format, UriReferenceMayLackTheScheme) {
  for (const auto* text : {"", "a", "/a/b?c#d", "//host/a", "?q", "#f", "./a:b", "http://a", "a/b:c"})
    EXPECT_TRUE(is_uri_reference(text)) << text;
  for (const auto* text : {"1:a", "a b", "\\\\a", "#a#b", "%", "//[::1"})
    EXPECT_FALSE(is_uri_reference(text)) << text;
}

TEST(Format, TimesHaveTheirRanges) {
  for (const auto* text :
       {"2024-02-29T23:59:60Z", "2024-12-31t00:00:00.123456789012z", "0000-01-01T00:00:00-00:00"})
    EXPECT_TRUE(is_date_time(text)) << text;
  for (const auto* text :
       {"2023-02-29T00:00:00Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00+24:00", "2024-01-01", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z"})
    EXPECT_FALSE(is_date_time(text)) << text;
  EXPECT_TRUE(is_date("2000-02-29"));
  EXPECT_FALSE(is_date("1900-02-29"));
}

TEST(Format, DurationsKeepTheirOrder) {
  for (const auto* text : {"P1Y2M3DT4H5M6S", "PT5M", "P3W", "P1D", "PT0S"})
    EXPECT_TRUE(is_duration(text)) << text;
  for (const auto* text : {"", "P", "PT", "P1DT", "P1H", "PT1D", "P1W1D", "P1Y1W", "PT1S1M", "P1D1D", "P-1D",
                           "1D", "P1.5D", "P1DT1HT1M", "PTT1S"})
    EXPECT_FALSE(is_duration(text)) << text;
}

TEST(Format, DurationsSkipNoUnitBetweenTwo) {
  EXPECT_FALSE(is_duration("P1Y1D"));
  EXPECT_FALSE(is_duration("PT1H1S"));
}

TEST(Format, AddressesAreWhole) {
  for (const auto* text : {"::", "1::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "1::8"})
    EXPECT_TRUE(is_ipv6(text)) << text;
  for (const auto* text : {"", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
                           "1.2.3.4::", "1:2:3:4:5:6:7::8", "::1.2.3", "::g", "1:", "::%eth0"})
    EXPECT_FALSE(is_ipv6(text)) << text;
  EXPECT_TRUE(is_ipv4("255.0.1.20"));
  for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.1.1.1", "1..1.1", "1.1.1.1 "})
    EXPECT_FALSE(is_ipv4(text)) << text;
}

TEST(Format, HostnamesHaveShortLabels) {
  EXPECT_TRUE(is_hostname("a"));
  EXPECT_TRUE(is_hostname(std::string(63, 'a') + ".b"));
  EXPECT_FALSE(is_hostname(std::string(64, 'a')));
  EXPECT_FALSE(is_hostname(""));
  EXPECT_FALSE(is_hostname("a."));
  std::string longest = "a";
  for (int i = 0; i < 126; ++i) longest += ".a";
  EXPECT_TRUE(is_hostname(longest));
  EXPECT_FALSE(is_hostname(longest + "a"));
}

TEST(Format, PointersEscapeTheirTildes) {
  EXPECT_TRUE(is_json_pointer(""));
  EXPECT_TRUE(is_json_pointer("/~0~1"));
  EXPECT_FALSE(is_json_pointer("/~"));
  EXPECT_FALSE(is_json_pointer("a"));
}

TEST(Format, RegexIsTheSyntaxOfEcmaScript) {
  for (const auto* text : {"", "(?<=a)b", R"((a)\1)", "a{2,3}?", "[^]", R"(\p{Letter})"})
    EXPECT_TRUE(is_regex(text)) << text;
  for (const auto* text : {"(", ")", "[", "*", "a**", R"(\a)", "a{3,2}", "(?<a>.)(?<a>.)"})
    EXPECT_FALSE(is_regex(text)) << text;
}

TEST(Format, OthersAreAnnotations) {
  EXPECT_EQ(find_format("idn-email"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
  ASSERT_NE(find_format("date-time"), nullptr);
  EXPECT_EQ(find_format("date-time")->name, "date-time");
}

}  // namespace
}  // namespace xzepr::jsonschema

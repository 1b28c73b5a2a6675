#include "json/utf8.hpp"

#include <gtest/gtest.h>

namespace xzepr::json {
namespace {

TEST(Utf8, EveryScalarValueIsWrittenAndRead) {
  for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_code_point(text, c);
    ASSERT_EQ(code_point_size(text), text.size()) << c;
    ASSERT_EQ(code_point_count(text), 1U);
  }
}

TEST(Utf8, OverlongFormsSurrogatesAndLooseBytesAreRefused) {
  for (const std::string_view bad :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\x80", "\xC3", "\xC3(", "\xE2\x82", "\xE2\x28\xA1", "\xF0\x9F\x98", "\xFF"}) {
    EXPECT_EQ(code_point_size(bad), 0U);
  }
}

}  // namespace
}  // namespace xzepr::json

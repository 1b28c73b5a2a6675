#include "json/scanner.hpp"

#include <gtest/gtest.h>

#include "json/write.hpp"

namespace xzepr::json {
namespace {

// Each special byte at each place of a word: the scanner looks at eight bytes at once.
TEST(Scanner, SeesASpecialByteAtEveryPlaceOfAWord) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\x01';
      Value value;
      const std::string quoted = "\"" + text + "\"";
      Scanner scanner(quoted, {});
      ASSERT_FALSE(scanner.scan(value));
      EXPECT_EQ(scanner.fault().offset, at + 1);
    }
  }
}

TEST(Scanner, EveryAsciiByteAndItsNeighboursSurviveInAString) {
  for (char c = 0x20; c < 0x7F; ++c) {
    std::string expected(20, c);
    std::string text;
    append_string(text, expected);
    Value value;
    Scanner scanner(text, {});
    ASSERT_TRUE(scanner.scan(value));
    EXPECT_EQ(view(value.as_string()), expected);
  }
}

TEST(Scanner, TakesEveryPrefixOfADocumentForIncomplete) {
  const std::string text = R"({"a":[1.5e3,"x\u00e9\n",{"b":null}],"long key with é":-12})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    Value value;
    Scanner scanner(std::string_view(text).substr(0, size), {});
    EXPECT_FALSE(scanner.scan(value)) << size;
    EXPECT_LE(scanner.fault().offset, size);
  }
}

}  // namespace
}  // namespace xzepr::json

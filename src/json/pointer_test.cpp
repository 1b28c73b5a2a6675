#include "json/pointer.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::json {
namespace {

// The document and the answers of RFC 6901, section 5.
TEST(Pointer, FindsWhatTheRfcFinds) {
  const auto root =
      parse(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})");
  ASSERT_TRUE(root);
  const auto at = [&root](std::string_view pointer) {
    const Value* value = find(*root, pointer);
    return value == nullptr ? "nothing" : write(*value);
  };
  EXPECT_EQ(at(""), write(*root));
  EXPECT_EQ(at("/foo"), R"(["bar","baz"])");
  EXPECT_EQ(at("/foo/0"), "\"bar\"");
  EXPECT_EQ(at("/"), "0");
  EXPECT_EQ(at("/a~1b"), "1");
  EXPECT_EQ(at("/c%d"), "2");
  EXPECT_EQ(at("/e^f"), "3");
  EXPECT_EQ(at("/g|h"), "4");
  EXPECT_EQ(at("/i\\j"), "5");
  EXPECT_EQ(at("/k\"l"), "6");
  EXPECT_EQ(at("/ "), "7");
  EXPECT_EQ(at("/m~0n"), "8");
}

TEST(Pointer, FindsNothingWhereNothingIs) {
  const Value root = *parse(R"({"a":[1,2],"~":{"":3}})");
  for (const std::string_view pointer :
       {"a", "/b", "/a/2", "/a/-", "/a/01", "/a/+1", "/a/ 1", "/a/", "/a/0/0", "/~", "/~2",
        "/a/18446744073709551616", "/a/-1", "/~0//"}) {
    EXPECT_EQ(find(root, pointer), nullptr) << pointer;
  }
  EXPECT_NE(find(root, "/~0/"), nullptr);
}

TEST(Pointer, TokensAreEscaped) {
  std::string pointer;
  append_token(pointer, "a/b~c");
  append_token(pointer, std::size_t{7});
  append_token(pointer, "");
  EXPECT_EQ(pointer, "/a~1b~0c/7/");
}

}  // namespace
}  // namespace xzepr::json

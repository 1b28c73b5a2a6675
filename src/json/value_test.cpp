#include "json/value.hpp"

#include <gtest/gtest.h>

namespace xzepr::json {
namespace {

TEST(Value, IsNamedAsJsonSchemaNamesIt) {
  EXPECT_EQ(type_name(Value(nullptr)), "null");
  EXPECT_EQ(type_name(Value(true)), "boolean");
  EXPECT_EQ(type_name(Value(-1)), "integer");
  EXPECT_EQ(type_name(Value(18446744073709551615U)), "integer");
  EXPECT_EQ(type_name(Value(1.5)), "number");
  EXPECT_EQ(type_name(Value("a")), "string");
  EXPECT_EQ(type_name(Value(Array())), "array");
  EXPECT_EQ(type_name(Value(Object())), "object");
}

TEST(Value, IsAnIntegerWhenItHasNoFraction) {
  EXPECT_TRUE(is_integer(Value(7)));
  EXPECT_TRUE(is_integer(Value(1.0)));
  EXPECT_TRUE(is_integer(Value(1e300)));
  EXPECT_FALSE(is_integer(Value(0.1)));
  EXPECT_FALSE(is_integer(Value("1")));
  EXPECT_EQ(type_name(Value(1.0)), "integer");
}

}  // namespace
}  // namespace xzepr::json

#include "jsonschema/decimal.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"

namespace xzepr::jsonschema {
namespace {

bool is_multiple_of(std::string_view number, std::string_view divisor) {
  return is_multiple(to_decimal(*json::parse(number)), to_decimal(*json::parse(divisor)));
}

TEST(Decimal, MultiplesAreThoseOfTheSpelledNumbers) {
  EXPECT_TRUE(is_multiple_of("10", "2"));
  EXPECT_FALSE(is_multiple_of("7", "2"));
  EXPECT_TRUE(is_multiple_of("0", "1.5"));
  EXPECT_TRUE(is_multiple_of("4.5", "1.5"));
  EXPECT_FALSE(is_multiple_of("35", "1.5"));
  EXPECT_TRUE(is_multiple_of("0.0075", "0.0001"));
  EXPECT_FALSE(is_multiple_of("0.00751", "0.0001"));
  EXPECT_TRUE(is_multiple_of("1e308", "0.5"));
  EXPECT_FALSE(is_multiple_of("1e308", "0.123456789"));
  EXPECT_TRUE(is_multiple_of("12391239123", "1e-8"));
  EXPECT_TRUE(is_multiple_of("-19.99", "0.01"));
  EXPECT_TRUE(is_multiple_of("3000", "1e3"));
  EXPECT_FALSE(is_multiple_of("500", "1e3"));
  EXPECT_TRUE(is_multiple_of("18446744073709551615", "5"));
  EXPECT_FALSE(is_multiple_of("18446744073709551615", "18446744073709551614"));
  EXPECT_TRUE(is_multiple_of("-9223372036854775808", "2"));
  EXPECT_TRUE(is_multiple_of("5e-324", "5e-324"));
}

}  // namespace
}  // namespace xzepr::jsonschema

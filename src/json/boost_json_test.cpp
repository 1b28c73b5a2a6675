#include <gtest/gtest.h>

#include "json/value.hpp"

namespace xzepr::json {
namespace {

// What this module expects of the library's object.
TEST(BoostJson, AnObjectKeepsTheOrderOfItsMembersWhileItGrows) {
  Object object;
  for (int i = 0; i < 1000; ++i) object.emplace(std::to_string(i), i);
  int expected = 0;
  for (const auto& member : object) EXPECT_EQ(member.value().as_int64(), expected++);
  EXPECT_EQ(object.at("999").as_int64(), 999);
}

TEST(BoostJson, EmplaceSaysWhenTheKeyWasThere) {
  Object object;
  EXPECT_TRUE(object.emplace("a", 1).second);
  EXPECT_FALSE(object.emplace("a", 2).second);
  EXPECT_EQ(object.at("a").as_int64(), 1);
}

}  // namespace
}  // namespace xzepr::json

#include <gtest/gtest.h>

#include "domain/search_test.hpp"

namespace xzepr::domain {
TEST(EventSearch, LooksAtNameVersionPackageAndDescriptionOnly) {
  const auto event = event_of("Nightly scan");
  for (const auto* words : {"web", "APP 1", "rpm nightly", "4 scan ni"})
    EXPECT_TRUE(EventSearch(words, {}).matches(event)) << words;
  for (const auto* words : {"9", "amd64", "night scan"})
    EXPECT_FALSE(EventSearch(words, {}).matches(event)) << words;
  EXPECT_TRUE(EventSearch(" - ", {}).is_empty());
}

TEST(EventSearch, ComparesPayloadsAsJson) {
  const auto event = event_of("", R"({"n":1,"s":"1","deep":{"a":[true,{"x":2.5}]},"null":null})");
  EXPECT_TRUE(where("/n", "1.0").matches(event));
  EXPECT_FALSE(where("/n", "\"1\"").matches(event));
  EXPECT_TRUE(where("/s", "\"1\"").matches(event));
  EXPECT_TRUE(where("/deep/a/1", R"({"x":25e-1})").matches(event));
  EXPECT_TRUE(where("/null", "null").matches(event));
  EXPECT_FALSE(where("/absent", "null").matches(event));
  EXPECT_FALSE(where("/n", "1", "absent").matches(event));
}

}  // namespace xzepr::domain

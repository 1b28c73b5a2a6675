#include "domain/word_search.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {

TEST(WordSearch, NeedsEveryWordAndTakesTheLastAsAPrefix) {
  const WordSearch search("SAST sc");
  EXPECT_TRUE(search.matches({"sast-scan", "1.0"}));
  EXPECT_TRUE(search.matches({"scanner", "the sast one"}));
  EXPECT_FALSE(search.matches({"sas-scan"}));
  EXPECT_FALSE(search.matches({"sast"}));
}

TEST(WordSearch, WithoutWordsMatchesEverything) {
  EXPECT_TRUE(WordSearch("").matches({"anything"}));
  EXPECT_TRUE(WordSearch(" - ").matches({}));
}

TEST(WordSearch, WildcardsAreOrdinarySeparators) {
  EXPECT_FALSE(WordSearch("b%").matches({"abc"}));
  EXPECT_TRUE(WordSearch("%a%").matches({"abc"}));
}

}  // namespace xzepr::domain

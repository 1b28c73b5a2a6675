#include "domain/sink.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {
namespace {

TEST(DeadLetterCause, HasAStableName) {
  EXPECT_EQ(to_string(DeadLetterCause::too_large), "too_large");
  EXPECT_EQ(to_string(DeadLetterCause::unrenderable), "unrenderable");
  EXPECT_EQ(to_string(DeadLetterCause::refused), "refused");
}

}  // namespace
}  // namespace xzepr::domain

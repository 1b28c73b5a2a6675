#include "domain/subject.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {

TEST(Subject, IsAUserOrARole) {
  EXPECT_EQ(parse_subject("role:release-team").value_or(Subject{}).text, "role:release-team");
  EXPECT_EQ(parse_subject("01j00000000000000000000000").value_or(Subject{}).text,
            "01J00000000000000000000000");
  for (const auto* text : {"", "role:", "role:a b", "alice"}) EXPECT_FALSE(parse_subject(text)) << text;
}

}  // namespace xzepr::domain

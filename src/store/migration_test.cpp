#include "store/migration.hpp"

#include <gtest/gtest.h>

namespace xzepr::store {
namespace {

const std::vector<Migration> steps = {{1, "first", "CREATE TABLE a(x)"}, {2, "second", "CREATE TABLE b(x)"}};

AppliedMigration applied(const Migration& step) {
  return {step.number, std::string(step.name), step.checksum(), TimePoint{}};
}

TEST(Migration, ChecksumIsTheHexSha256OfTheText) {
  const Migration empty{1, "empty", ""};
  EXPECT_EQ(empty.checksum(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Migration, AnEmptyDatabaseNeedsEveryStepInOrder) {
  const auto left = pending(steps, {});
  ASSERT_TRUE(left.has_value());
  ASSERT_EQ(left->size(), 2U);
  EXPECT_EQ((*left)[0].number, 1);
  EXPECT_EQ((*left)[1].number, 2);
}

TEST(Migration, AppliedStepsAreNotRunAgain) {
  const std::vector<AppliedMigration> done = {applied(steps[0])};
  const auto left = pending(steps, done);
  ASSERT_TRUE(left.has_value());
  ASSERT_EQ(left->size(), 1U);
  EXPECT_EQ(left->front().number, 2);
}

TEST(Migration, ANewerSchemaIsRefused) {
  const Migration third{3, "third", "CREATE TABLE c(x)"};
  const std::vector<AppliedMigration> done = {applied(steps[0]), applied(steps[1]), applied(third)};
  const auto left = pending(steps, done);
  ASSERT_FALSE(left.has_value());
  EXPECT_EQ(left.error().code, "schema_newer");
  EXPECT_NE(left.error().detail.find("third"), std::string::npos);
}

TEST(Migration, AnEditedStepIsRefused) {
  auto edited = applied(steps[0]);
  edited.checksum = "0";
  const std::vector<AppliedMigration> done = {edited};
  const auto left = pending(steps, done);
  ASSERT_FALSE(left.has_value());
  EXPECT_EQ(left.error().code, "schema_changed");
}

}  // namespace
}  // namespace xzepr::store

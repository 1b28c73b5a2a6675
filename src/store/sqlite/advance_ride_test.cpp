#include "store/sqlite/advance_ride.hpp"

#include <gtest/gtest.h>

#include "store/sqlite/scratch_test.hpp"

namespace xzepr::store::sqlite {
namespace {

class AdvanceRideTest : public testing::Test {
 protected:
  AdvanceRideTest() { (void)sinks_.take_lease({.sink = "kafka", .owner = "me"}); }

  void wait(std::int64_t position, std::int64_t epoch = 1) {
    ride_.wait({.sink = "kafka", .epoch = epoch}, position,
               [this](AdvanceRide::Moved moved) { answers_.push_back(moved); });
  }
  std::int64_t position() {
    SinkReader reader(connection_);
    return reader.list_sinks().at(0).position;
  }

  Scratch scratch_;
  Connection connection_{scratch_.path(), Access::write, 1'000'000};
  SystemClock clock_;
  SinkWriter sinks_{connection_, clock_};
  int fatal_ = 0;
  AdvanceRide ride_{connection_, sinks_, [this] { ++fatal_; }};
  std::vector<AdvanceRide::Moved> answers_;
};

TEST_F(AdvanceRideTest, AMoveIsDurableWithTheCommitThatItRidesOn) {
  wait(5);
  {
    Transaction transaction(connection_);
    ride_.board();
    EXPECT_TRUE(answers_.empty());
    transaction.commit();
  }
  ride_.arrive();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].value, true);
  EXPECT_EQ(position(), 5);
  ride_.go_alone();
  EXPECT_EQ(answers_.size(), 1U);
}

TEST_F(AdvanceRideTest, AMoveWhoseCommitIsRolledBackWaitsOn) {
  wait(5);
  {
    const Transaction transaction(connection_);
    ride_.board();
  }
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(position(), 0);
  ride_.go_alone();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].value, true);
  EXPECT_EQ(position(), 5);
}

TEST_F(AdvanceRideTest, ADriverThatLostItsLeaseIsToldSo) {
  wait(7, 0);
  wait(6);
  ride_.go_alone();
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].value, false);
  EXPECT_EQ(answers_[1].value, true);
  EXPECT_EQ(position(), 6);
}

TEST_F(AdvanceRideTest, AMoveThatCannotBeWrittenSaysWhy) {
  connection_.run("DROP TABLE sinks");
  wait(5);
  ride_.go_alone();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_FALSE(answers_[0].value.has_value());
  EXPECT_THROW(std::rethrow_exception(answers_[0].error), Fault);
  EXPECT_EQ(fatal_, 0);
}

}  // namespace
}  // namespace xzepr::store::sqlite

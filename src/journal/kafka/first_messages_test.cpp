#include "journal/kafka/first_messages.hpp"

#include <gtest/gtest.h>

namespace xzepr::journal::kafka {
namespace {

using namespace std::chrono_literals;

constexpr FirstMessages::Instant at_first{1h};

class FirstMessagesTest : public testing::Test {
 protected:
  FirstMessagesTest() { firsts_.begin(2); }

  FirstMessages firsts_;
};

TEST_F(FirstMessagesTest, OneOfEachPartitionGoesAloneUntilItIsAcknowledged) {
  EXPECT_TRUE(firsts_.admit(0, at_first));
  EXPECT_FALSE(firsts_.admit(0, at_first));
  EXPECT_TRUE(firsts_.admit(1, at_first)) << "the other partition knows nothing of it";
  firsts_.acknowledged(0, at_first + 5ms);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(firsts_.admit(0, at_first + 5ms));
  EXPECT_FALSE(firsts_.admit(1, at_first + 5ms));
}

TEST_F(FirstMessagesTest, WhatWasNotSentAfterAllIsNotWaitedFor) {
  EXPECT_TRUE(firsts_.admit(0, at_first));
  firsts_.withdraw(0);
  EXPECT_TRUE(firsts_.admit(0, at_first));
}

TEST_F(FirstMessagesTest, AfterALongSilenceOneGoesAloneAgain) {
  EXPECT_TRUE(firsts_.admit(0, at_first));
  firsts_.acknowledged(0, at_first);
  EXPECT_TRUE(firsts_.admit(0, at_first + 9min));
  EXPECT_TRUE(firsts_.admit(0, at_first + 10min));
  EXPECT_FALSE(firsts_.admit(0, at_first + 10min));
  firsts_.acknowledged(0, at_first + 10min);
  EXPECT_TRUE(firsts_.admit(0, at_first + 10min));
}

}  // namespace
}  // namespace xzepr::journal::kafka

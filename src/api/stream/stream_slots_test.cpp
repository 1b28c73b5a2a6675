#include "api/stream/stream_slots.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace xzepr::api::stream {
namespace {

UserId user_of(std::uint8_t number) {
  UserId user;
  user.value.bytes[15] = number;
  return user;
}

}  // namespace

TEST(StreamSlots, AreBoundedForAUserAndForTheNode) {
  telemetry::Metrics metrics;
  StreamSlots slots({.of_user = 2, .of_node = 3}, metrics);
  std::vector<StreamSlot> held;
  const auto take = [&](std::uint8_t user) {
    auto slot = slots.take(user_of(user));
    if (!slot) return std::string(slot.error().code);
    held.push_back(*std::move(slot));
    return std::string("taken");
  };
  EXPECT_EQ(take(1), "taken");
  EXPECT_EQ(take(1), "taken");
  EXPECT_EQ(take(1), "stream_limit");
  EXPECT_EQ(take(2), "taken");
  EXPECT_EQ(take(2), "unavailable");
  EXPECT_NE(metrics.render().find("xzepr_streams 3"), std::string::npos);
  held.clear();
  EXPECT_EQ(take(1), "taken");
  EXPECT_NE(metrics.render().find("xzepr_streams 1"), std::string::npos);
}

}  // namespace xzepr::api::stream

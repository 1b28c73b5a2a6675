#include "service/owner_quota.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace xzepr::service {

TEST(OwnerQuota, TheLastPlaceIsGivenAndOneMoreRefused) {
  EXPECT_TRUE(check_receiver_quota(limits::receivers_per_owner_max));
  EXPECT_TRUE(check_group_quota(limits::groups_per_owner_max));
  const auto receivers = check_receiver_quota(limits::receivers_per_owner_max + 1);
  const auto groups = check_group_quota(limits::groups_per_owner_max + 1);
  ASSERT_TRUE(!receivers && !groups);
  EXPECT_EQ(receivers.error().code, "receivers_too_many");
  EXPECT_EQ(receivers.error().kind, Errc::conflict);
  EXPECT_EQ(groups.error().code, "groups_too_many");
  EXPECT_EQ(groups.error().detail, "you own 2000 groups, which is the most");
}

TEST(OwnerQuota, OnlyOnesOwnCount) {
  std::vector<domain::Receiver> receivers(5);
  receivers[1].owner = receivers[4].owner = domain::Subject{"role:team"};
  EXPECT_EQ(count_owned(receivers, domain::Subject{"role:team"}), 2U);
}

}  // namespace xzepr::service

#include "service/limited_logins.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {

using std::chrono::milliseconds;

TEST(LimitedLogins, OfASourceTheFirstRowComesSoonAndThenOneAMinute) {
  LimitedLogins logins;
  const TimePoint start{std::chrono::hours{1}};
  for (int i = 0; i < 3; ++i) logins.note("192.0.2.1", i == 0 ? "" : "ada", start);
  EXPECT_TRUE(logins.take_due(start + milliseconds{999}).empty());
  auto due = logins.take_due(start + milliseconds{1'000});
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].address, "192.0.2.1");
  EXPECT_EQ(due[0].username, "ada");
  EXPECT_EQ(due[0].count, 3U);
  for (int i = 0; i < 1'000; ++i) logins.note("192.0.2.1", "bob", start + milliseconds{2'000});
  EXPECT_TRUE(logins.take_due(start + milliseconds{60'999}).empty());
  due = logins.take_due(start + milliseconds{61'000});
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].count, 1'000U);
  EXPECT_TRUE(logins.take_due(start + milliseconds{200'000}).empty());  // and is forgotten
  logins.note("192.0.2.1", "ada", start + milliseconds{201'000});
  EXPECT_EQ(logins.take_due(start + milliseconds{202'000}).size(), 1U);
}

TEST(LimitedLogins, AnAttackFromEverywhereIsFewRows) {
  LimitedLogins logins;
  const TimePoint start{std::chrono::hours{1}};
  for (int i = 0; i < 10'000; ++i) logins.note(fmt::format("2001:db8::{:x}", i), "ada", start);
  const auto due = logins.take_due(start + milliseconds{1'000});
  EXPECT_EQ(due.size(), LimitedLogins::sources_max + 1);
  std::uint64_t sum = 0;
  for (const auto& login : due) sum += login.count;
  EXPECT_EQ(sum, 10'000U);
  EXPECT_EQ(due[0].address, "");
  EXPECT_EQ(due[0].count, 10'000U - LimitedLogins::sources_max);
}

TEST(LimitedLogins, WhatCouldNotBeWrittenCountsAgain) {
  LimitedLogins logins;
  const TimePoint start{std::chrono::hours{1}};
  logins.note("192.0.2.1", "ada", start);
  const auto due = logins.take_due(start + milliseconds{1'000});
  ASSERT_EQ(due.size(), 1U);
  logins.note("192.0.2.1", "", start + milliseconds{1'001});
  logins.give_back(due[0], start + milliseconds{1'002});
  const auto again = logins.take_due(start + milliseconds{61'000});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].count, 2U);
  EXPECT_EQ(again[0].username, "ada");
}

TEST(LimitedLogins, AtTheEndAllThatWasCountedIsTaken) {
  LimitedLogins logins;
  const TimePoint start{std::chrono::hours{1}};
  logins.note("192.0.2.1", "ada", start);
  logins.note("192.0.2.2", "", start);
  EXPECT_EQ(logins.take_all().size(), 2U);
  EXPECT_TRUE(logins.take_all().empty());
}

TEST_F(World, ALimitedLoginIsARowThatCountsAsNoFailure) {
  AuditLog audit(ids, log);
  std::vector<LimitedLogin> logins;
  logins.push_back({.address = "", .count = 9});
  logins.push_back({.address = "192.0.2.1", .username = "ada", .count = 7});
  run(write_limited_logins(audit, store.logins, logins, at(1), soon()));
  EXPECT_TRUE(logins.empty());
  ASSERT_EQ(store.logins.audit.size(), 2U);
  EXPECT_EQ(store.logins.audit[0].detail, "refused by the rate limit: 7");
  EXPECT_EQ(store.logins.audit[0].address, "192.0.2.1");
  EXPECT_EQ(store.logins.audit[1].detail, "refused by the rate limit: 9, from many other addresses");
  EXPECT_EQ(run(store.logins.count_login_failures("ada", "192.0.2.1", at(0), soon())).of_address, 0U);
}

}  // namespace xzepr::service

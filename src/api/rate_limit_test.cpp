#include "api/rate_limit.hpp"

#include <gtest/gtest.h>

namespace xzepr::api {
namespace {

using Time = limits::TokenBucket::Clock::time_point;

identity::Principal principal(std::uint8_t id, identity::Role role) {
  identity::Principal made;
  made.user_id.value.bytes[0] = id;
  made.roles.add(role);
  return made;
}

// How many of `tries` requests at one instant are let through.
int admitted(RateLimiter& limiter, const Caller& caller, std::string_view path, int tries,
             http::Method method = http::Method::get) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limiter.take(caller, method, path, Time{})->is_admitted ? 1 : 0;
  return count;
}

RateLimitSettings settings() {
  return {.anonymous_rpm = 3,
          .authenticated_rpm = 5,
          .admin_rpm = 7,
          .per_endpoint = {{"/api/v1/auth", 2}, {"/api/v1/events", 4}, {"/api/v1/events/batch/", 1}}};
}

TEST(RateLimiter, GivesEachTierItsOwnRate) {
  RateLimiter limiter(settings());
  const auto user = principal(1, identity::Role::user);
  const auto admin = principal(2, identity::Role::admin);
  EXPECT_EQ(admitted(limiter, {.address_key = "a"}, "/x", 10), 3);
  EXPECT_EQ(admitted(limiter, {.principal = &user}, "/x", 10), 5);
  EXPECT_EQ(admitted(limiter, {.principal = &admin}, "/x", 10), 7);
}

TEST(RateLimiter, CountsTheKeysOfOneUserTogetherUnlessAKeyHasItsOwnRate) {
  RateLimiter limiter(settings());
  auto first = principal(1, identity::Role::user);
  auto second = first;
  first.api_key_id = ApiKeyId{{{1}}};
  second.api_key_id = ApiKeyId{{{2}}};
  EXPECT_EQ(admitted(limiter, {.principal = &first}, "/x", 4), 4);
  EXPECT_EQ(admitted(limiter, {.principal = &second}, "/x", 4), 1);
  second.rpm = 9;
  EXPECT_EQ(admitted(limiter, {.principal = &second}, "/x", 20), 9);
}

TEST(RateLimiter, CountsAnEndpointBesidesTheTierAndTheLongestPrefixWins) {
  RateLimiter limiter(settings());
  const auto admin = principal(1, identity::Role::admin);
  EXPECT_EQ(admitted(limiter, {.principal = &admin}, "/api/v1/events/batch", 3), 1);
  EXPECT_EQ(admitted(limiter, {.principal = &admin}, "/api/v1/events/ID", 10), 4);
  EXPECT_EQ(admitted(limiter, {.principal = &admin}, "/api/v1/eventsource", 1), 0)
      << "the tier counted all of them";
}

TEST(RateLimiter, MatchesWholeSegmentsOnly) {
  RateLimiter limiter(settings());
  const auto admin = principal(1, identity::Role::admin);
  EXPECT_EQ(admitted(limiter, {.principal = &admin}, "/api/v1/eventsource", 10), 7);
}

TEST(RateLimiter, CountsPostsOnlyBelowAuth) {
  RateLimiter limiter(settings());
  EXPECT_EQ(admitted(limiter, {.address_key = "a"}, "/api/v1/auth/me", 3), 3);
  EXPECT_EQ(admitted(limiter, {.address_key = "b"}, "/api/v1/auth/login", 3, http::Method::post), 2);
}

TEST(RateLimiter, NamesTheBucketsThatNodesShare) {
  const RateLimiter limiter(settings());
  const auto user = principal(1, identity::Role::user);
  const auto one = limiter.shared_demands({.principal = &user}, http::Method::get, "/x");
  ASSERT_EQ(one.count, 1U);
  EXPECT_EQ(one.buckets[0].key, "xzepr:limit:{u01000000000000000000000000000000}");
  EXPECT_EQ(one.buckets[0].rpm, 5U);
  const auto two =
      limiter.shared_demands({.address_key = "\x7f\xff"}, http::Method::get, "/api/v1/events/ID");
  ASSERT_EQ(two.count, 2U);
  EXPECT_EQ(two.buckets[0].key, "xzepr:limit:{a7fff}");
  EXPECT_EQ(two.buckets[1].key, "xzepr:limit:{a7fff}:/api/v1/events");
  EXPECT_EQ(two.buckets[1].rpm, 4U);
}

TEST(RateLimiter, GoesOnFromWhatTheSharedBucketsHold) {
  RateLimiter limiter(settings());
  const auto admin = principal(1, identity::Role::admin);
  const Caller caller{.principal = &admin};
  const std::string_view path = "/api/v1/events/ID";
  EXPECT_TRUE(limiter.take(caller, http::Method::get, path, Time{})->is_admitted);
  const auto verdict =
      limiter.settle(caller, http::Method::get, path,
                     {{{.is_admitted = true, .tokens = 3}, {.is_admitted = true, .tokens = 1}}}, Time{});
  EXPECT_TRUE(verdict.is_admitted);
  EXPECT_EQ(verdict.limit, 4U) << "the endpoint's is the tighter one";
  EXPECT_EQ(verdict.remaining, 1U);
  EXPECT_EQ(admitted(limiter, caller, path, 5), 1);
  EXPECT_EQ(admitted(limiter, caller, "/x", 5), 0) << "five were counted by the tier since";
  const auto refused =
      limiter.settle(caller, http::Method::get, "/x", {{{.is_admitted = false, .tokens = 0.5}, {}}}, Time{});
  EXPECT_FALSE(refused.is_admitted);
  EXPECT_EQ(refused.retry_after, std::chrono::seconds{5});
}

TEST(RateLimiter, IsSilentWhenOff) {
  RateLimiter limiter({.enabled = false});
  EXPECT_FALSE(limiter.take({}, http::Method::get, "/x", Time{}).has_value());
}

TEST(RateLimiter, TellsTheClientInFourHeaders) {
  http::Response response;
  add_rate_limit_headers(response, {.is_admitted = true,
                                    .limit = 100,
                                    .remaining = 99,
                                    .reset = std::chrono::seconds{1},
                                    .retry_after = std::chrono::seconds{0}});
  ASSERT_EQ(response.headers.size(), 4U);
  EXPECT_EQ(response.headers[0].second, "100");
  EXPECT_EQ(response.headers[1].second, "99");
  EXPECT_EQ(response.headers[2].second, "1");
  EXPECT_EQ(response.headers[3].second, "limit=100, remaining=99, reset=1");
}

}  // namespace
}  // namespace xzepr::api

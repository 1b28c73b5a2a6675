#include "client/gates.hpp"

#include <gtest/gtest.h>

namespace xzepr::client {
namespace {

using namespace std::chrono_literals;

using Verdict = GateWait::Verdict;
using domain::GateState;

TEST(GateWait, EndsWithTheGate) {
  GateWait wait(GateWait::OnFailing::stop);
  EXPECT_EQ(wait.begin(60s).hold, 25s);
  EXPECT_EQ(wait.on(GateState::pending, 10s).hold, 10s);
  EXPECT_EQ(wait.on(GateState::open, 1s).verdict, Verdict::open);
  EXPECT_EQ(wait.on(GateState::disabled, 1s).verdict, Verdict::disabled);
  EXPECT_EQ(wait.on(GateState::failing, 1s).verdict, Verdict::failing);
  EXPECT_EQ(wait.on(GateState::pending, 0s).verdict, Verdict::timed_out);
}

TEST(GateWait, KeepsWaitingForAFailingGateWhenAsked) {
  GateWait wait(GateWait::OnFailing::keep_waiting);
  EXPECT_EQ(wait.on(GateState::failing, 60s).verdict, Verdict::ask);
  EXPECT_EQ(wait.on(GateState::failing, 60s).pause, 2s);
  EXPECT_EQ(wait.on(GateState::failing, 0s).verdict, Verdict::timed_out);
}

TEST(GateWait, AServerThatWasNeverThereEndsIt) {
  GateWait wait(GateWait::OnFailing::stop);
  EXPECT_EQ(wait.on(Failure{.status = 0, .code = "server_unreachable"}, 60s).verdict, Verdict::broken);
}

TEST(GateWait, AServerThatGoesAwayIsWaitedForLongerEachTime) {
  GateWait wait(GateWait::OnFailing::stop);
  EXPECT_EQ(wait.on(GateState::pending, 60s).verdict, Verdict::ask);
  const Failure gone{.status = 0, .code = "server_unreachable"};
  EXPECT_EQ(wait.on(gone, 60s).pause, 500ms);
  EXPECT_EQ(wait.on(gone, 60s).pause, 1s);
  EXPECT_EQ(wait.on(gone, 0s).verdict, Verdict::broken);
  EXPECT_EQ(wait.on(Failure{.status = 429, .code = "rate_limited", .retry_after = 20s}, 60s).pause, 20s);
}

TEST(GateWait, AnArtifactNobodyPostedAboutIsWaitedFor) {
  GateWait wait(GateWait::OnFailing::stop);
  EXPECT_EQ(wait.on(Failure{.status = 404, .code = "artifact_unknown"}, 60s).verdict, Verdict::ask);
  EXPECT_EQ(wait.on(Failure{.status = 404, .code = "artifact_unknown"}, 0s).verdict, Verdict::timed_out);
  EXPECT_EQ(wait.on(Failure{.status = 404, .code = "group_unknown"}, 60s).verdict, Verdict::broken);
}

}  // namespace
}  // namespace xzepr::client

#include "cli/cli_test.hpp"

namespace xzepr::cli {
namespace {

using namespace std::chrono_literals;

std::string status_of(const std::string& state) {
  return R"({"state":")" + state +
         R"(","passed":1,"total":2,"since":"2026-01-31T00:00:00.000000Z","first_opened_at":null,"evaluating":false,
    "receivers":[{"id":"R1","name":"build","outcome":"passed","event_id":"E1","at":"2026-01-31T00:00:00.000000Z"},{"id":"R2","name":"scan","outcome":"missing","event_id":null,"at":null}]})";
}

TEST_F(CommandLine, GateStatusSpeaksByItsExitCode) {
  const std::vector<std::pair<std::string, ExitCode>> states = {{"open", ExitCode::ok},
                                                                {"failing", ExitCode::gate_failing},
                                                                {"pending", ExitCode::gate_pending},
                                                                {"disabled", ExitCode::failure}};
  for (const auto& [state, code] : states) {
    answers(200, status_of(state));
    EXPECT_EQ(run({"gate", "status", "ready", "app@1"}), code) << state;
  }
  EXPECT_EQ(asked(), "GET /api/v1/groups/ready/status?artifact=app%401");
}

TEST_F(CommandLine, GateStatusSaysWhy) {
  answers(200, status_of("pending"));
  run({"group", "status", "ready", "app@1"});
  EXPECT_EQ(out_,
            "STATE         pending\nRECEIVERS     1 of 2 passed\nSINCE         "
            "2026-01-31T00:00:00.000000Z\nFIRST OPENED\n\n"
            "RECEIVER  OUTCOME  AT                           EVENT\n"
            "build     passed   2026-01-31T00:00:00.000000Z  E1\n"
            "scan      missing\n");
}

TEST_F(CommandLine, AStateThatIsUnknownIsAFailure) {
  answers(200, R"({"state":"ajar"})");
  EXPECT_EQ(run({"gate", "status", "ready", "app@1"}), ExitCode::failure);
  EXPECT_TRUE(err_.contains("ajar")) << err_;
}

TEST_F(CommandLine, WaitLetsTheServerHoldTheAnswer) {
  time_per_call_ = 25s;
  answers(200, status_of("pending"));
  answers(200, status_of("open"));
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1", "--timeout", "40s"}), ExitCode::ok) << err_;
  EXPECT_EQ(asked(0), "GET /api/v1/groups/ready/status?artifact=app%401&wait=25");
  EXPECT_EQ(asked(1), "GET /api/v1/groups/ready/status?artifact=app%401&wait=15");
}

TEST_F(CommandLine, WaitEndsAtOnceWhenTheGateFails) {
  answers(200, status_of("failing"));
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1"}), ExitCode::gate_failing);
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(CommandLine, WaitMayIgnoreThatTheGateFails) {
  answers(200, status_of("failing"));
  answers(200, status_of("open"));
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1", "--ignore-failing"}), ExitCode::ok);
}

TEST_F(CommandLine, WaitTimesOut) {
  time_per_call_ = 5s;
  answers(200, status_of("pending"));
  answers(200, status_of("pending"));
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1", "--timeout", "10s"}), ExitCode::gate_pending);
  EXPECT_TRUE(err_.starts_with("error gate_pending: ready is not open for app@1 after 10s\n")) << err_;
  EXPECT_TRUE(out_.contains("scan      missing")) << out_;
}

TEST_F(CommandLine, WaitOutlivesARestartOfTheServer) {
  answers(200, status_of("pending"));
  answers(503, R"({"code":"unavailable","detail":"draining"})");
  answers(200, status_of("open"));
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1"}), ExitCode::ok) << err_;
}

TEST_F(CommandLine, WaitIsForArtifactsToComeToo) {
  answers(404, R"({"code":"artifact_unknown","detail":"none"})");
  answers(200, status_of("open"));
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1"}), ExitCode::ok) << err_;
}

TEST_F(CommandLine, WaitGivesUpOnAServerThatWasNeverThere) {
  EXPECT_EQ(run({"gate", "wait", "ready", "app@1"}), ExitCode::unreachable);
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(CommandLine, WaitEndsWhenTheGateIsDisabled) {
  answers(200, status_of("disabled"));
  EXPECT_EQ(run({"gate", "wait", "off", "app@1"}), ExitCode::failure);
}

}  // namespace
}  // namespace xzepr::cli

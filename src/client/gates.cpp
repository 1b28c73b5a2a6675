#include "client/gates.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"

namespace xzepr::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// While nothing can be held by the server (a failing gate that is waited for all the same, an unknown
// artifact).
constexpr milliseconds poll_interval{2'000};
constexpr milliseconds back_off_max{10'000};

}  // namespace

Call status_call(std::string_view group, std::string_view artifact, seconds wait) {
  Call call{.path = path_of("groups", group, "/status"), .query = {{"artifact", std::string(artifact)}}};
  if (wait.count() > 0) call.query.emplace_back("wait", fmt::format("{}", wait.count()));
  call.timeout = seconds{35} + wait;
  return call;
}

std::expected<domain::GateState, Failure> state_of(const json::Value& status) {
  const auto state = domain::parse_gate_state(text_of(status, "state"));
  if (state) return *state;
  return std::unexpected(Failure{
      .status = 200,
      .code = "answer_unreadable",
      .detail = fmt::format("the gate's state \"{}\" is not known to this client", text_of(status, "state")),
      .hint = "check that this client is at least as new as the server",
      .where = "GET /api/v1/groups/.../status"});
}

GateWait::Step GateWait::ask(milliseconds left, milliseconds pause) const {
  if (left.count() <= 0) return {.verdict = Verdict::timed_out};
  pause = std::min(pause, left);
  const auto rest = std::chrono::ceil<seconds>(left - pause);
  return {.verdict = Verdict::ask, .pause = pause, .hold = std::min<seconds>(rest, limits::gate_wait_max)};
}

GateWait::Step GateWait::on(domain::GateState state, milliseconds left) {
  has_answered_ = true;
  failures_ = 0;
  switch (state) {
    case domain::GateState::open: return {.verdict = Verdict::open};
    case domain::GateState::disabled: return {.verdict = Verdict::disabled};
    case domain::GateState::failing:
      if (on_failing_ == OnFailing::stop) return {.verdict = Verdict::failing};
      return ask(left, poll_interval);
    case domain::GateState::pending:
      // The server has held the answer already; only a server that does not hold would be asked too often.
      return ask(left, milliseconds{200});
  }
  std::unreachable();
}

GateWait::Step GateWait::on(const Failure& failure, milliseconds left) {
  if (failure.code == "artifact_unknown") {
    has_answered_ = true;
    return ask(left, poll_interval);
  }
  const bool is_worth_waiting = is_passing(failure) && (has_answered_ || failure.status != 0);
  if (!is_worth_waiting || left.count() <= 0) return {.verdict = Verdict::broken};
  const milliseconds own = std::min(milliseconds{500} * (1 << std::min(failures_, 10)), back_off_max);
  ++failures_;
  return ask(left, std::max<milliseconds>(own, failure.retry_after));
}

}  // namespace xzepr::client

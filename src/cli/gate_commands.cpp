#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/table.hpp"
#include "cli/time_arguments.hpp"
#include "client/gates.hpp"
#include "client/references.hpp"
#include "domain/artifact.hpp"

namespace xzepr::cli {

namespace {

using std::chrono::milliseconds;
using Outcome = std::expected<ExitCode, client::Failure>;

struct GateArguments {
  std::string group;
  std::string artifact;
};

struct WaitArguments {
  GateArguments gate;
  std::string timeout = "30m";
  bool is_ignoring_failing = false;
};

Columns receiver_columns() {
  return {column("RECEIVER", "name"), column("OUTCOME", "outcome"), column("AT", "at"),
          column("EVENT", "event_id")};
}

Columns status_columns() {
  const auto progress = [](const json::Value& status) {
    const auto* passed = find_member(status, "passed");
    const auto* total = find_member(status, "total");
    if (passed == nullptr || total == nullptr) return std::string();
    return fmt::format("{} of {} passed", cell_of(*passed), cell_of(*total));
  };
  return {column("STATE", "state"),
          {"RECEIVERS", progress},
          column("SINCE", "since"),
          column("FIRST OPENED", "first_opened_at")};
}

// A table says the state and then why; every other form is the answer itself.
void print_status(Session& session, const json::Value& status) {
  print_object(session.terminal, session.format(), status_columns(), status);
  if (session.format() != Format::table) return;
  const auto* evaluating = find_member(status, "evaluating");
  if (evaluating != nullptr && evaluating->is_bool() && evaluating->get_bool()) {
    session.terminal.out(
        "EVALUATING     stored states are still being brought up to the gate's present definition\n");
  }
  const auto* receivers = find_member(status, "receivers");
  if (receivers == nullptr || !receivers->is_array()) return;
  session.terminal.out("\n");
  ListWriter writer(session.terminal, Format::table, receiver_columns());
  for (const auto& receiver : receivers->get_array()) writer.add(receiver);
  writer.finish();
}

bool is_artifact(Session& session, const std::string& text) {
  const auto pattern = domain::parse_artifact_pattern(text);
  if (pattern) return true;
  report_usage(
      session.terminal, pattern.error().detail, fmt::format("ARTIFACT \"{}\"", text),
      "write name@version[+release][/platform_id][/package], with @ + / % inside a field percent-encoded");
  return false;
}

ExitCode status(Session& session, const GateArguments& arguments) {
  if (!is_artifact(session, arguments.artifact)) return ExitCode::usage;
  return with_api(session, [&](client::Api& api) -> Outcome {
    const auto group = client::resolve(api, "groups", arguments.group);
    if (!group) return std::unexpected(group.error());
    const auto answer = api.send(client::status_call(*group, arguments.artifact));
    if (!answer) return std::unexpected(answer.error());
    const auto state = client::state_of(*answer);
    if (!state) return std::unexpected(state.error());
    print_status(session, *answer);
    return exit_code_of(*state);
  });
}

// Says on a terminal what is waited for, whenever that changes.
class WaitNews {
 public:
  explicit WaitNews(Terminal& terminal) : terminal_(terminal) {}
  void tell(const std::string& news) {
    if (news == last_ || !terminal_.is_err_terminal) return;
    last_ = news;
    terminal_.err(fmt::format("waiting: {}\n", printable(news)));
  }
  void tell(const json::Value& status) {
    std::string names;
    const auto* receivers = find_member(status, "receivers");
    if (receivers != nullptr && receivers->is_array()) {
      for (const auto& receiver : receivers->get_array()) {
        const std::string outcome = client::text_of(receiver, "outcome");
        if (outcome != "passed")
          names +=
              fmt::format("{}{} {}", names.empty() ? "" : ", ", client::text_of(receiver, "name"), outcome);
      }
    }
    tell(names);
  }

 private:
  Terminal& terminal_;
  std::string last_;
};

class Waiting {
 public:
  Waiting(Session& session, client::Api& api, const WaitArguments& arguments, milliseconds timeout)
      : session_(session),
        api_(api),
        arguments_(arguments),
        until_(session.steady_now() + timeout),
        wait_(arguments.is_ignoring_failing ? client::GateWait::OnFailing::keep_waiting
                                            : client::GateWait::OnFailing::stop),
        news_(session.terminal) {}

  Outcome run() {
    using Verdict = client::GateWait::Verdict;
    for (auto step = wait_.begin(left());;) {
      switch (step.verdict) {
        case Verdict::ask: step = ask(step); break;
        case Verdict::open: return done(ExitCode::ok);
        case Verdict::failing: return done(ExitCode::gate_failing);
        case Verdict::disabled: return done(ExitCode::failure);
        case Verdict::timed_out: return timed_out();
        case Verdict::broken: return std::unexpected(failure_);
      }
    }
  }

 private:
  client::GateWait::Step ask(const client::GateWait::Step& step) {
    if (step.pause.count() > 0) session_.pause(step.pause);
    const auto answer =
        api_.send(client::status_call(arguments_.gate.group, arguments_.gate.artifact, step.hold));
    const auto state = answer ? client::state_of(*answer) : std::unexpected(answer.error());
    if (!state) {
      failure_ = state.error();
      if (failure_.code == "artifact_unknown")
        news_.tell(std::string("nobody has posted about this artifact yet"));
      return wait_.on(failure_, left());
    }
    last_ = *answer;
    news_.tell(last_);
    return wait_.on(*state, left());
  }

  Outcome done(ExitCode code) {
    print_status(session_, last_);
    return code;
  }

  Outcome timed_out() {
    if (!last_.is_null()) print_status(session_, last_);
    session_.terminal.err(
        fmt::format("error gate_pending: {} is not open for {} after {}\n  where: xzepr group wait\n  next:  "
                    "see what is missing above, or wait longer with --timeout\n",
                    printable(arguments_.gate.group), printable(arguments_.gate.artifact),
                    printable(arguments_.timeout)));
    return ExitCode::gate_pending;
  }

  [[nodiscard]] milliseconds left() const {
    return std::chrono::duration_cast<milliseconds>(until_ - session_.steady_now());
  }

  Session& session_;
  client::Api& api_;
  const WaitArguments& arguments_;
  std::chrono::steady_clock::time_point until_;
  client::GateWait wait_;
  WaitNews news_;
  client::Failure failure_;
  json::Value last_;
};

ExitCode wait(Session& session, const WaitArguments& arguments) {
  if (!is_artifact(session, arguments.gate.artifact)) return ExitCode::usage;
  const auto timeout = parse_duration(arguments.timeout);
  if (!timeout)
    return report_usage(session.terminal, fmt::format("\"{}\" is no duration", arguments.timeout),
                        "--timeout", "write 90s, 30m or 2h");
  return with_api(session, [&](client::Api& api) -> Outcome {
    const auto group = client::resolve(api, "groups", arguments.gate.group);
    if (!group) return std::unexpected(group.error());
    WaitArguments resolved = arguments;
    resolved.gate.group = *group;
    return Waiting(session, api, resolved, *timeout).run();
  });
}

void add_gate_arguments(CLI::App& command, GateArguments& arguments) {
  command.add_option("group", arguments.group, "gate: name, name@version or id")->required();
  command
      .add_option("artifact", arguments.artifact,
                  "name@version[+release][/platform_id][/package], or the artifact's id")
      ->required();
}

}  // namespace

void add_gate_commands(CLI::App& group, Session& session) {
  auto gate = std::make_shared<GateArguments>();
  CLI::App& one =
      add_remote_verb(group, session,
                      {.name = "status",
                       .summary = "Why is it not open? Exits 0 open, 3 failing, 8 pending, 1 disabled",
                       .examples = "  xzepr gate status ready-to-ship app@1.4.2\n"
                                   "  xzepr gate status package-ready curl@7.88.1+10/amd64/deb -o json"},
                      [&session, gate] { return status(session, *gate); });
  add_gate_arguments(one, *gate);
  auto arguments = std::make_shared<WaitArguments>();
  CLI::App& two = add_remote_verb(
      group, session,
      {.name = "wait",
       .summary = "Wait until it opens. Exits 0 open, 3 failing, 8 at time-out, 1 disabled",
       .examples = "  xzepr gate wait ready-to-ship app@1.4.2 --timeout 30m && deploy app 1.4.2\n"
                   "  xzepr gate wait ready-to-ship app@1.4.2 --ignore-failing"},
      [&session, arguments] { return wait(session, *arguments); });
  add_gate_arguments(two, arguments->gate);
  two.add_option("--timeout", arguments->timeout, "wait at most so long (default: 30m)")
      ->option_text("DURATION");
  two.add_flag("--ignore-failing", arguments->is_ignoring_failing, "a failing gate may still open: wait on");
}

}  // namespace xzepr::cli

#include "cli/run.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/report.hpp"

namespace xzepr::cli {

namespace {

constexpr std::string_view root_examples =
    "  xzepr serve --dev                                       try it on this machine\n"
    "  xzepr receiver create build --type dev.example.build    say which events exist\n"
    "  xzepr event post build app 1.4.2                        post one\n"
    "  xzepr gate wait ready-to-ship app@1.4.2                 wait until it may ship";

// Not in the tree: whatever stands behind it is half a command line.
constexpr std::string_view completion_verb = "__complete";

const CLI::App& named_command(const CLI::App& root) {
  const auto named = root.get_subcommands();
  return named.empty() ? root : named_command(*named.back());
}

void declare(CLI::App& root, Session& session) {
  use_house_help(root);
  root.footer(std::string(root_examples));
  root.require_subcommand(1);
  root.set_version_flag("--version", fmt::format("xzepr {}", XZEPR_VERSION));
  add_local_verbs(root, session);
  add_event_commands(root, session);
  add_receiver_commands(root, session);
  add_group_commands(root, session);
  add_artifact_commands(root, session);
  add_watch_command(root, session);
  add_webhook_commands(root, session);
  add_sink_commands(root, session);
  add_apply_command(root, session);
  add_export_command(root, session);
  add_admin_commands(root, session);
  add_api_commands(root, session);
  add_context_commands(root, session);
  add_shell_commands(root, session);
}

ExitCode usage_error(Session& session, const CLI::App& root, const CLI::ParseError& error) {
  const std::string path = command_path(named_command(root));
  return report_usage(session.terminal, error.what(), path, fmt::format("see {} --help", path));
}

}  // namespace

ExitCode run(Session& session, std::vector<std::string> arguments) {
  CLI::App root("Tracks what happens to software on its way to production, and opens gates.", "xzepr");
  declare(root, session);
  if (!arguments.empty() && arguments.front() == completion_verb)
    return run_complete(root, session, {arguments.begin() + 1, arguments.end()});
  // CLI11 takes them from the back.
  std::ranges::reverse(arguments);
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::CallForVersion& version) {
    session.terminal.out(fmt::format("{}\n", version.what()));
    return ExitCode::ok;
  } catch (const CLI::CallForHelp&) {
    const CLI::App& named = named_command(root);
    session.terminal.out(named.help(named.get_parent() == nullptr ? "" : command_path(*named.get_parent())));
    return ExitCode::ok;
  } catch (const CLI::ParseError& error) {
    return usage_error(session, root, error);
  }
  return session.action();
}

int run(int argc, const char* const* argv, LocalCommands local) {
  Session session = make_session(std::move(local));
  const ExitCode code = run(session, std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  if (!flush_output() && code == ExitCode::ok) {
    session.terminal.err(
        "error output_incomplete: standard output could not be written\n  where: stdout\n  next:  make room, "
        "or send it elsewhere\n");
    return static_cast<int>(ExitCode::failure);
  }
  return static_cast<int>(code);
}

}  // namespace xzepr::cli

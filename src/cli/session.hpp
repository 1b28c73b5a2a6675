// What one call of the command line works with. Everything outside the process is a function here, so that
// tests run whole commands without files, clocks and servers.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "cli/child.hpp"
#include "cli/context_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/fields.hpp"
#include "cli/local_commands.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "client/api.hpp"

namespace xzepr::cli {

/// Options that every command with a server or an output has.
struct CommonOptions {
  std::string format = "table";
  std::string url = {};
  std::string api_key = {};
};

struct Session {
  Terminal terminal;
  Variables variables;
  client::Transport transport;
  std::function<client::Transport()> new_transport;  ///< a connection of its own, for another thread
  ReadFile read_file;
  std::function<Result<void>(const std::string& path, const std::string& text)> write_file;
  std::function<int(const std::string& command, const Environment& environment, const std::string& input)>
      run_child;
  std::function<bool()> should_stop;  ///< somebody wants the process to end
  std::function<void(std::chrono::milliseconds)> pause;
  std::function<std::chrono::steady_clock::time_point()> steady_now;
  std::function<TimePoint()> now;
  LocalCommands local;

  CommonOptions options = {};
  std::function<ExitCode()> action = {};  ///< set by the command that was named

  [[nodiscard]] Format format() const { return parse_format(options.format).value_or(Format::table); }
};

/// The real one.
[[nodiscard]] Session make_session(LocalCommands local);

/// Flag, else variable, else context file, else http://127.0.0.1:8042 without a key. A key from the context
/// file goes only to the server it was saved for.
[[nodiscard]] std::expected<client::Server, client::Failure> resolve_server(const Session& session);
[[nodiscard]] std::expected<client::Api, client::Failure> make_api(const Session& session);

/// Runs `use` with an Api; a Failure of either is reported.
ExitCode with_api(Session& session,
                  const std::function<std::expected<ExitCode, client::Failure>(client::Api&)>& use);

}  // namespace xzepr::cli

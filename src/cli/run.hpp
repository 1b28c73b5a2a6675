// The command line as a whole.
#pragma once

#include "cli/session.hpp"

namespace xzepr::cli {

/// Reads the arguments, runs the command, returns the process's exit code.
[[nodiscard]] int run(int argc, const char* const* argv, LocalCommands local);

/// The same over a given session; tests call this. `arguments` is without the program's name.
[[nodiscard]] ExitCode run(Session& session, std::vector<std::string> arguments);

}  // namespace xzepr::cli

// The local verbs of the command line: what bin/ hands to cli::run.
#pragma once

#include "cli/local_commands.hpp"

namespace xzepr::app {

[[nodiscard]] cli::LocalCommands local_commands();

}  // namespace xzepr::app

// A command of the user's, run by the shell.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace xzepr::cli {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// Runs `command` by /bin/sh with these variables beside our own and `input` on its standard input; its
/// output is ours. Its exit code; 128 and the signal's number when one ended it, 127 when it cannot be run.
/// A command that does not read its input is no failure.
[[nodiscard]] int run_child(const std::string& command, const Environment& environment,
                            const std::string& input);

/// From now on SIGINT and SIGTERM end nothing: the process asks was_interrupted() now and then.
void catch_interrupts();
[[nodiscard]] bool was_interrupted();

}  // namespace xzepr::cli

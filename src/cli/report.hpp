// Failures as people see them: three lines on stderr. What, with its code; where; what to do next.
#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"
#include "client/failure.hpp"

namespace xzepr::cli {

/// The three lines. With several violations the second holds the first ones, one below the other, ten at
/// most.
[[nodiscard]] std::string render_failure(const client::Failure& failure, bool has_colour);

/// Prints it and gives the exit code it stands for.
ExitCode report(Terminal& terminal, const client::Failure& failure);

/// An argument, or a file that it names, is at fault: exit code 2, whatever the Error's kind.
ExitCode report_argument(Terminal& terminal, const Error& error);

/// A fault in the arguments that was found after they were read: exit code 2.
ExitCode report_usage(Terminal& terminal, std::string what, std::string where, std::string next);

/// Each line of `text` on stderr, after "xzepr: ": for a service's log, where a problem is best seen whole in
/// one line.
void tell_lines(Terminal& terminal, std::string_view text);

/// What is wrong on this machine: never "server unreachable", whatever its kind. The problems of a
/// configuration (code "config_invalid") are one line each, exit code 6.
ExitCode report_local(Terminal& terminal, const Error& error, std::string where);

}  // namespace xzepr::cli

// Where the command line writes to. Tests give their own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace xzepr::cli {

struct Terminal {
  std::function<void(std::string_view)> out;  ///< stdout: data only
  std::function<void(std::string_view)> err;  ///< stderr: what is said to a person
  /// A line that a person types, without its end; empty when standard input is no terminal. nullopt at its
  /// end.
  std::function<std::optional<std::string>()> read_answer = {};
  bool is_out_terminal = false;
  bool is_err_terminal = false;
  bool has_colour = false;      ///< of stdout
  bool has_err_colour = false;  ///< of stderr
};

/// The process's own streams. Colour only on a terminal, and never when NO_COLOR is set and not empty or TERM
/// is dumb.
[[nodiscard]] Terminal make_terminal();

/// Flushes stdout. False when something could not be written (a full disk): the output is not complete.
[[nodiscard]] bool flush_output();

/// Control characters and what could reorder or hide text, spelled as \x1b or \u{202e}; a newline becomes \n.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace xzepr::cli

// What may stand at the cursor: found in the tree of commands itself, so that it never says anything else
// than the command line takes. The scripts for the shells only ask and show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

#include "cli/session.hpp"

namespace xzepr::cli {

struct Candidate {
  std::string text;
  std::string about = {};

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// What the shell finds by itself.
enum class PathKind : std::uint8_t { none, files, folders };
/// What only a server knows.
enum class NameKind : std::uint8_t { none, receivers, groups };

struct Completion {
  std::vector<Candidate> candidates = {};  ///< those that begin with what is typed
  PathKind paths = PathKind::none;
  NameKind names = NameKind::none;
  std::string typed = {};   ///< of the word at the cursor, what names must begin with
  std::string before = {};  ///< "--output=", which every candidate keeps
};

/// `words` are those after the program's name, up to and with the one at the cursor.
[[nodiscard]] Completion complete(const CLI::App& root, const std::vector<std::string>& words);

/// The hidden verb that the scripts call: "none", "files" or "folders" in the first line, then a candidate a
/// line with what it is about behind a tab. Asks the server for names, for half a second at most. Silent
/// whatever fails.
ExitCode run_complete(const CLI::App& root, Session& session, const std::vector<std::string>& words);

/// The script that a shell reads: "bash", "zsh" or "fish".
[[nodiscard]] std::string_view completion_script(std::string_view shell);

}  // namespace xzepr::cli

// Help texts: what a command does, then examples, then the rest.
#pragma once

#include <string>

#include <CLI/App.hpp>

namespace xzepr::cli {

/// Sets the layout for `root` and every command below it. The examples of a command are its footer.
void use_house_help(CLI::App& root);

/// "xzepr event post"
[[nodiscard]] std::string command_path(const CLI::App& command);

}  // namespace xzepr::cli

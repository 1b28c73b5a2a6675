// The manual page, out of the same tree of commands as the help.
#pragma once

#include <string>

#include <CLI/App.hpp>

namespace xzepr::cli {

/// xzepr(1) in roff's man macros (man(7)).
[[nodiscard]] std::string man_page(const CLI::App& root);

/// Text for roff: backslashes, hyphens, and lines that would begin with a control character.
[[nodiscard]] std::string escape_roff(std::string_view text);

}  // namespace xzepr::cli

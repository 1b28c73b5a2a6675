// Which files a set of documents is in.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace xzepr::cli {

inline constexpr std::size_t apply_files_max = 10'000;

/// The file itself, "-" for standard input; of a folder every .yaml, .yml and .json below it, by name. What
/// is hidden is left out, and links to folders are not followed. Errc::invalid, code "file_unreadable", also
/// for a folder without any.
[[nodiscard]] Result<std::vector<std::string>> files_of(const std::string& path);

}  // namespace xzepr::cli

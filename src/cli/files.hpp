// Reading files and standard input, with bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace xzepr::cli {

inline constexpr std::size_t file_bytes_max = 16 * 1'048'576;

/// The whole file, "-" for standard input. Errc::invalid, code "file_unreadable" or "file_too_large".
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path);
/// Writes all of it; false, with errno, when that is not possible.
[[nodiscard]] bool write_all(int file, std::string_view bytes);
/// Replaces the file in one step, 0600; leaves nothing behind when it cannot. Errc::invalid, code
/// "file_unwritable", and errno says why.
[[nodiscard]] Result<void> replace_file(const std::string& path, const std::string& text);

}  // namespace xzepr::cli

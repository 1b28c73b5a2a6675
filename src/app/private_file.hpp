// Files that hold secrets: written for their owner only, and not read when others may read them too.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace xzepr::app {

/// Replaces the file in one step, 0600. False when it cannot be written.
[[nodiscard]] bool write_private(const std::filesystem::path& path, const std::string& text);
/// At most 64 KiB. Otherwise why not, with the line that mends it.
[[nodiscard]] std::expected<std::string, std::string> read_private(const std::filesystem::path& path);

}  // namespace xzepr::app

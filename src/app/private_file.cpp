#include "app/private_file.hpp"

#include <cstdio>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xzepr::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t private_bytes_max = 65'536;

}  // namespace

bool write_private(const fs::path& path, const std::string& text) {
  const fs::path fresh = path.string() + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  const bool is_written = ::fchmod(file, S_IRUSR | S_IWUSR) == 0 &&
                          ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                          ::fsync(file) == 0;
  ::close(file);
  return is_written && std::rename(fresh.c_str(), path.c_str()) == 0;
}

std::expected<std::string, std::string> read_private(const fs::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0)
    return std::unexpected(
        fmt::format("{} cannot be read: is it there, and may this user read it?", path.string()));
  if ((status.st_mode & S_IROTH) != 0)
    return std::unexpected(
        fmt::format("{} may be read by everybody: chmod 600 {}", path.string(), path.string()));
  std::ifstream file(path, std::ios::binary);
  std::string text(private_bytes_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return std::unexpected(fmt::format("{} cannot be read or is empty", path.string()));
  return text;
}

}  // namespace xzepr::app

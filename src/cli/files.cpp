#include "cli/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace xzepr::cli {

namespace {

std::unexpected<Error> file_error(std::string_view code, const std::string& path, std::string_view why) {
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = code,
                               .detail = fmt::format("{}: {}", path, why),
                               .hint = "name a readable file, or - for standard input"});
}

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

}  // namespace

Result<std::string> read_whole_file(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(path == "-" ? stdin : std::fopen(path.c_str(), "rbe"));
  if (!file) return file_error("file_unreadable", path, std::strerror(errno));
  std::string text;
  std::array<char, 65'536> block;
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
    text.append(block.data(), count);
    if (text.size() > file_bytes_max)
      return file_error("file_too_large", path, fmt::format("larger than {} bytes", file_bytes_max));
  }
  if (std::ferror(file.get()) != 0) return file_error("file_unreadable", path, std::strerror(errno));
  return text;
}

Result<void> replace_file(const std::string& path, const std::string& text) {
  const auto failed = [&path]() -> Result<void> {
    return std::unexpected(Error{.kind = Errc::invalid,
                                 .code = "file_unwritable",
                                 .detail = fmt::format("{}: {}", path, std::strerror(errno)),
                                 .hint = "name a file in a folder that can be written"});
  };
  const std::string fresh = path + ".new";
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(fresh.c_str(), "wbe"));
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) return failed();
  if (std::fclose(file.release()) != 0 || std::rename(fresh.c_str(), path.c_str()) != 0) return failed();
  return {};
}

}  // namespace xzepr::cli

#include "cli/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

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

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
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

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string temporary = fmt::format("{}.{}", path, getpid());
  bool is_written = false;
  int why = 0;
  {
    const Descriptor file(
        open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    is_written = file.get() >= 0 && write_all(file.get(), text) && fsync(file.get()) == 0;
    why = errno;
  }
  if (is_written && rename(temporary.c_str(), path.c_str()) == 0) return {};
  if (is_written) why = errno;
  unlink(temporary.c_str());
  errno = why;
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "file_unwritable",
                               .detail = fmt::format("{}: {}", path, std::strerror(why)),
                               .hint = "name a file in a folder that can be written"});
}

}  // namespace xzepr::cli

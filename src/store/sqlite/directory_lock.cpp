#include "store/sqlite/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.hpp"

namespace xzepr::store::sqlite {
namespace {

std::string holder_of(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  const std::string number(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto end = number.find_first_not_of("0123456789");
  return number.empty() || end == 0 ? "another process" : "process " + number.substr(0, end);
}

std::string directory_of(const std::string& database_path) {
  const auto parent = std::filesystem::path(database_path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

DirectoryLock::DirectoryLock(const std::string& database_path) {
  const auto directory = directory_of(database_path);
  const auto path = directory + "/xzepr.lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw Fault(
        Fault::Kind::unavailable,
        fmt::format(
            "cannot lock the data directory {}: {}: make it a directory that this user may write to, or "
            "choose another with database.url",
            directory, std::strerror(errno)));
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const auto holder = holder_of(descriptor_);
    ::close(descriptor_);
    throw Fault(Fault::Kind::unavailable,
                fmt::format("data directory {} is in use by {}; stop it or choose another with database.url",
                            directory, holder));
  }
  // Only for the message above: a failure to write it changes nothing.
  const auto number = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, number.data(), number.size(), 0) < 0) return;
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

}  // namespace xzepr::store::sqlite

// The lock that lets one server at a time use a data directory. Held by a file descriptor: the kernel frees
// it when the process ends, however it ends.
#pragma once

#include <string>

namespace xzepr::store::sqlite {

class DirectoryLock {
 public:
  /// Locks DIR/xzepr.lock of the database's directory. Throws Fault that names the process that holds it.
  explicit DirectoryLock(const std::string& database_path);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace xzepr::store::sqlite

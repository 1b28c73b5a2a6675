#include "store/sqlite/log_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include <sqlite3.h>

#include "base/assert.hpp"

namespace xzepr::store::sqlite {
namespace {

// SQLite's own write takes the length as 17 bits.
constexpr std::size_t gathered_bytes_max = 130'000;

/// What SQLite sees as the open log, in memory that SQLite gives; its own file object stands right behind it.
struct LogFile {
  sqlite3_file base{};
  std::vector<std::byte> gathered;
  sqlite3_int64 offset = 0;  // of the first gathered byte

  [[nodiscard]] sqlite3_file* real();
  [[nodiscard]] int flush();
};

constexpr std::size_t real_offset =
    (sizeof(LogFile) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

sqlite3_file* LogFile::real() {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(this) + real_offset);
}

int LogFile::flush() {
  if (gathered.empty()) return SQLITE_OK;
  const int code =
      real()->pMethods->xWrite(real(), gathered.data(), static_cast<int>(gathered.size()), offset);
  // After a failure the transaction is rolled back, and the next one writes these places again.
  gathered.clear();
  return code;
}

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

int log_close(sqlite3_file* file) {
  auto& log = log_of(file);
  const int written = log.flush();
  const int closed = log.real()->pMethods->xClose(log.real());
  std::destroy_at(&log);
  return written != SQLITE_OK ? written : closed;
}

int log_read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  auto& log = log_of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xRead(log.real(), to, size, offset);
}

int log_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) try {
  auto& log = log_of(file);
  auto& gathered = log.gathered;
  const auto* bytes = static_cast<const std::byte*>(from);
  const bool follows = offset == log.offset + static_cast<sqlite3_int64>(gathered.size());
  if (!follows || gathered.size() + static_cast<std::size_t>(size) > gathered_bytes_max) {
    if (const int code = log.flush(); code != SQLITE_OK) return code;
  }
  if (gathered.empty()) log.offset = offset;
  gathered.insert(gathered.end(), bytes, bytes + size);
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_IOERR_NOMEM;
}

int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& log = log_of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xTruncate(log.real(), size);
}

int log_sync(sqlite3_file* file, int flags) {
  auto& log = log_of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xSync(log.real(), flags);
}

int log_size(sqlite3_file* file, sqlite3_int64* size) {
  auto& log = log_of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.real()->pMethods->xFileSize(log.real(), size);
}

int log_lock(sqlite3_file* file, int level) {
  return log_of(file).real()->pMethods->xLock(log_of(file).real(), level);
}
int log_unlock(sqlite3_file* file, int level) {
  return log_of(file).real()->pMethods->xUnlock(log_of(file).real(), level);
}
int log_check_lock(sqlite3_file* file, int* result) {
  return log_of(file).real()->pMethods->xCheckReservedLock(log_of(file).real(), result);
}
int log_control(sqlite3_file* file, int operation, void* argument) {
  return log_of(file).real()->pMethods->xFileControl(log_of(file).real(), operation, argument);
}
int log_sector_size(sqlite3_file* file) {
  return log_of(file).real()->pMethods->xSectorSize(log_of(file).real());
}
int log_characteristics(sqlite3_file* file) {
  return log_of(file).real()->pMethods->xDeviceCharacteristics(log_of(file).real());
}

// Version 1: no shared memory (the database file's own), no mapping.
const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_check_lock,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_characteristics,
};

sqlite3_vfs& system_vfs() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
  XZEPR_ASSERT(vfs != nullptr);
  return *vfs;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& system = system_vfs();
  if ((flags & SQLITE_OPEN_WAL) == 0) return system.xOpen(&system, name, file, flags, out_flags);
  auto& log = *std::construct_at(&log_of(file));
  const int code = system.xOpen(&system, name, log.real(), flags, out_flags);
  if (code == SQLITE_OK) {
    log.base.pMethods = &log_methods;
  } else {
    std::destroy_at(&log);
    file->pMethods = nullptr;  // nothing to close
  }
  return code;
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs = system_vfs();
  vfs.pNext = nullptr;
  vfs.zName = "xzepr";
  vfs.szOsFile += static_cast<int>(real_offset);
  vfs.xOpen = open_file;
  return vfs;
}

}  // namespace

const char* gathering_vfs() {
  static sqlite3_vfs vfs = make_vfs();
  static const int code = sqlite3_vfs_register(&vfs, 0);
  XZEPR_ASSERT(code == SQLITE_OK);
  return vfs.zName;
}

}  // namespace xzepr::store::sqlite

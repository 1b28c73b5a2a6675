#include "store/sqlite/connection.hpp"

#include <cerrno>
#include <cstring>
#include <mutex>

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/sqlite/log_writer.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr int steps_between_looks_at_the_clock = 20'000;
constexpr int busy_timeout_ms = 5'000;

void configure_once() {
  static std::once_flag once;
  // The library's own memory statistics cost a global lock on every allocation of every thread.
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

int flags_of(Access access) {
  // Each connection is used by one thread at a time, so the library need not lock it.
  switch (access) {
    case Access::read:
    case Access::write: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    case Access::create: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  }
  std::unreachable();
}

bool is_out_of_space(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

Fault::Kind kind_of(int code, int system_error) {
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) return Fault::Kind::fatal;
  switch (code & 0xFF) {
    case SQLITE_FULL: return Fault::Kind::storage_full;
    case SQLITE_IOERR:
      return is_out_of_space(system_error) ? Fault::Kind::storage_full : Fault::Kind::unavailable;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG: return Fault::Kind::refused;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return Fault::Kind::corrupt;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE: return Fault::Kind::corrupt;
  }
  return Fault::Kind::unavailable;
}

}  // namespace

Connection::Connection(const std::string& path, Access access, std::size_t cache_bytes,
                       LogWrites log_writes) {
  configure_once();
  const int code = sqlite3_open_v2(path.c_str(), &handle_, flags_of(access),
                                   log_writes == LogWrites::gathered ? gathering_vfs() : nullptr);
  try {
    if (code != SQLITE_OK) throw_fault(code, fmt::format("cannot open {}", path));
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA foreign_keys=ON");
    run("PRAGMA wal_autocheckpoint=0");
    run(fmt::format("PRAGMA cache_size=-{}", cache_bytes / 1'024));
    if (text("PRAGMA journal_mode") != "wal" || integer("PRAGMA synchronous") != 2)
      throw Fault(Fault::Kind::fatal,
                  fmt::format("{}: the file system does not allow a durable write-ahead log", path));
    if (access == Access::read) run("PRAGMA query_only=ON");
  } catch (...) {
    close();
    throw;
  }
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<Connection*>(self)->log_frames_ = frames;
        return SQLITE_OK;
      },
      this);
  sqlite3_progress_handler(
      handle_, steps_between_looks_at_the_clock,
      [](void* self) {
        const auto& deadline = static_cast<Connection*>(self)->deadline_;
        return deadline && deadline->has_passed() ? 1 : 0;
      },
      this);
}

Connection::~Connection() { close(); }

void Connection::close() noexcept {
  for (auto* kept : {begin_, begin_immediate_, commit_}) sqlite3_finalize(kept);
  sqlite3_close(handle_);
}

void Connection::step(sqlite3_stmt*& kept, const char* sql) {
  int code = SQLITE_OK;
  if (kept == nullptr) code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &kept, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_step(kept);
    code = sqlite3_reset(kept);
  }
  if (code != SQLITE_OK) throw_fault(code, sql);
}

void Connection::begin() { step(begin_, "BEGIN"); }
void Connection::begin_immediate() { step(begin_immediate_, "BEGIN IMMEDIATE"); }
void Connection::commit() { step(commit_, "COMMIT"); }

void Connection::rollback() noexcept {
  // SQLite rolls back by itself after some errors (disk full, I/O).
  if (is_in_transaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Connection::throw_fault(int code, std::string_view what) const {
  const int system_error = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
  const char* message = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  const auto system_text = (code & 0xFF) == SQLITE_IOERR && system_error != 0
                               ? fmt::format(" ({})", std::strerror(system_error))
                               : std::string();
  throw Fault(kind_of(code, system_error),
              fmt::format("SQLite: {}: {}{} [{}]", what, message, system_text, code));
}

void Connection::run(std::string_view sql) {
  const int code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_fault(code, sql.substr(0, 100));
}

std::int64_t Connection::last_insert_rowid() const { return sqlite3_last_insert_rowid(handle_); }

bool Connection::is_in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::int64_t Connection::integer(std::string_view sql) {
  Statement statement(*this, sql);
  auto rows = statement.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, fmt::format("SQLite: no row from {}", sql));
  return rows.integer(0);
}

std::string Connection::text(std::string_view sql) {
  Statement statement(*this, sql);
  auto rows = statement.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, fmt::format("SQLite: no row from {}", sql));
  return rows.text(0);
}

Connection::Checkpoint Connection::checkpoint() {
  Checkpoint done;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &done.log_frames,
                                             &done.moved_frames);
  // Busy: another one is at it.
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) throw_fault(code, "checkpoint");
  return done;
}

Rows::~Rows() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_->throw_fault(code, "read");
  return false;
}

bool Rows::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<TimePoint> Rows::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

std::string_view Rows::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

namespace {

template <std::size_t N>
std::array<std::uint8_t, N> exactly(std::string_view bytes) {
  std::array<std::uint8_t, N> array{};
  if (bytes.size() != N)
    throw Fault(Fault::Kind::corrupt, fmt::format("SQLite: {} bytes where {} must be", bytes.size(), N));
  std::memcpy(array.data(), bytes.data(), N);
  return array;
}

}  // namespace

std::array<std::uint8_t, 16> Rows::bytes16(int column) const { return exactly<16>(bytes(column)); }
std::array<std::uint8_t, 32> Rows::bytes32(int column) const { return exactly<32>(bytes(column)); }

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::prepare() {
  if (statement_ != nullptr) return;
  const int code = sqlite3_prepare_v3(connection_.handle(), sql_.data(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) connection_.throw_fault(code, std::string_view(sql_).substr(0, 100));
}

void Statement::begin() {
  prepare();
  bound_ = 0;
}

void Statement::finish() {
  int code = sqlite3_step(statement_);
  while (code == SQLITE_ROW) code = sqlite3_step(statement_);
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return;
  }
  // The message is the connection's last one: reset would keep it, but only after the first statement to
  // fail.
  try {
    connection_.throw_fault(code, std::string_view(sql_).substr(0, 60));
  } catch (...) {
    sqlite3_reset(statement_);
    throw;
  }
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) connection_.throw_fault(code, std::string_view(sql_).substr(0, 60));
}

void Statement::bind_integer(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, index, value));
}

void Statement::bind_null(int index) { check(sqlite3_bind_null(statement_, index)); }

void Statement::bind_text(int index, std::string_view value, Lifetime lifetime) {
  // A null pointer would be NULL instead of the empty text.
  const char* data = value.data() == nullptr ? "" : value.data();
  const auto destructor = lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  check(sqlite3_bind_text64(statement_, index, data, value.size(), destructor, SQLITE_UTF8));
}

void Statement::bind_blob(int index, std::span<const std::uint8_t> value, Lifetime lifetime) {
  const auto destructor = lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  check(sqlite3_bind_blob64(statement_, index, data, value.size(), destructor));
}

Snapshot::~Snapshot() {
  try {
    connection_.commit();
  } catch (const Fault&) {
    connection_.rollback();
  }
}

Transaction::Transaction(Connection& connection) : connection_(connection) { connection_.begin_immediate(); }

Transaction::~Transaction() { connection_.rollback(); }

void Transaction::commit() { connection_.commit(); }

}  // namespace xzepr::store::sqlite

// One SQLite connection and its prepared statements. One thread at a time. Every failure is a Fault; what
// SQLite says goes into its message, never further.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/ulid.hpp"
#include "domain/artifact.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace xzepr::store::sqlite {

enum class Access : std::uint8_t { read, write, create };
/// See log_writer.hpp. Nobody but a benchmark wants them one by one.
enum class LogWrites : std::uint8_t { gathered, single };

class Connection {
 public:
  /// Opens and sets it up: WAL, synchronous=FULL, foreign keys. Throws Fault when it cannot be opened or is
  /// none.
  Connection(const std::string& path, Access access, std::size_t cache_bytes,
             LogWrites log_writes = LogWrites::gathered);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One or several statements without parameters or rows that matter.
  void run(std::string_view sql);
  [[nodiscard]] std::int64_t last_insert_rowid() const;
  [[nodiscard]] bool is_in_transaction() const;
  /// Kept statements, which are begun and ended very often.
  void begin();
  void begin_immediate();
  void commit();
  void rollback() noexcept;
  /// The first column of the first row.
  [[nodiscard]] std::int64_t integer(std::string_view sql);
  [[nodiscard]] std::string text(std::string_view sql);

  /// Statements that run longer are interrupted: Fault unavailable. nullopt: no bound.
  void set_deadline(std::optional<Deadline> deadline) { deadline_ = deadline; }

  /// Moves what the log holds into the database file as far as readers allow, without waiting for anyone.
  struct Checkpoint {
    int log_frames = 0;
    int moved_frames = 0;
  };
  Checkpoint checkpoint();
  /// Frames in the log after this connection's last commit.
  [[nodiscard]] int log_frames() const { return log_frames_; }

  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[noreturn]] void throw_fault(int code, std::string_view what) const;

 private:
  void step(sqlite3_stmt*& kept, const char* sql);
  void close() noexcept;

  sqlite3* handle_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* begin_immediate_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  std::optional<Deadline> deadline_;
  int log_frames_ = 0;
};

/// The rows of one execution; ends it when destroyed. Texts and blobs are valid until next().
class Rows {
 public:
  explicit Rows(const Connection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}
  ~Rows();
  Rows(Rows&& other) noexcept
      : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;

  [[nodiscard]] bool next();
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
  [[nodiscard]] TimePoint time(int column) const {
    return TimePoint{std::chrono::microseconds{integer(column)}};
  }
  [[nodiscard]] std::optional<TimePoint> optional_time(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }
  /// Throws Fault corrupt when the column is not of this size.
  [[nodiscard]] std::array<std::uint8_t, 16> bytes16(int column) const;
  [[nodiscard]] std::array<std::uint8_t, 32> bytes32(int column) const;
  [[nodiscard]] Ulid ulid(int column) const { return Ulid{bytes16(column)}; }
  template <class IdType>
  [[nodiscard]] IdType id(int column) const {
    return IdType{ulid(column)};
  }
  template <class IdType>
  [[nodiscard]] std::optional<IdType> optional_id(int column) const {
    if (is_null(column)) return std::nullopt;
    return id<IdType>(column);
  }
  [[nodiscard]] domain::ArtifactId artifact_id(int column) const { return {bytes16(column)}; }

 private:
  const Connection* connection_;
  sqlite3_stmt* statement_;
};

/// Prepared at its first use and kept.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql) : connection_(connection), sql_(sql) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds all parameters in order and gives the rows. The arguments may die before the rows.
  template <class... Args>
  [[nodiscard]] Rows query(const Args&... args) {
    prepare();
    int index = 0;
    (bind(++index, args, Lifetime::copied), ...);
    return Rows(connection_, statement_);
  }
  /// Binds and runs to the end.
  template <class... Args>
  void execute(const Args&... args) {
    prepare();
    int index = 0;
    (bind(++index, args, Lifetime::borrowed), ...);
    finish();
  }

  // For lists whose parameters are chosen at run time: begin(), bind_next()..., rows().
  void begin();
  template <class T>
  void bind_next(const T& value) {
    bind(++bound_, value, Lifetime::copied);
  }
  [[nodiscard]] Rows rows() { return Rows(connection_, statement_); }

 private:
  enum class Lifetime : std::uint8_t { borrowed, copied };

  void prepare();
  void finish();
  void check(int code) const;
  void bind_integer(int index, std::int64_t value);
  void bind_null(int index);
  void bind_text(int index, std::string_view value, Lifetime lifetime);
  void bind_blob(int index, std::span<const std::uint8_t> value, Lifetime lifetime);

  void bind(int index, std::int64_t value, Lifetime) { bind_integer(index, value); }
  void bind(int index, int value, Lifetime) { bind_integer(index, value); }
  void bind(int index, std::size_t value, Lifetime) { bind_integer(index, static_cast<std::int64_t>(value)); }
  void bind(int index, bool value, Lifetime) { bind_integer(index, value ? 1 : 0); }
  void bind(int index, std::nullptr_t, Lifetime) { bind_null(index); }
  void bind(int index, TimePoint value, Lifetime) { bind_integer(index, value.time_since_epoch().count()); }
  void bind(int index, std::string_view value, Lifetime lifetime) { bind_text(index, value, lifetime); }
  void bind(int index, const std::string& value, Lifetime lifetime) { bind_text(index, value, lifetime); }
  void bind(int index, const char* value, Lifetime lifetime) { bind_text(index, value, lifetime); }
  void bind(int index, std::span<const std::uint8_t> value, Lifetime lifetime) {
    bind_blob(index, value, lifetime);
  }
  template <std::size_t N>
  void bind(int index, const std::array<std::uint8_t, N>& value, Lifetime lifetime) {
    bind_blob(index, value, lifetime);
  }
  void bind(int index, const Ulid& value, Lifetime lifetime) { bind_blob(index, value.bytes, lifetime); }
  template <class Tag>
  void bind(int index, const Id<Tag>& value, Lifetime lifetime) {
    bind_blob(index, value.value.bytes, lifetime);
  }
  void bind(int index, const domain::ArtifactId& value, Lifetime lifetime) {
    bind_blob(index, value.bytes, lifetime);
  }
  template <class T>
  void bind(int index, const std::optional<T>& value, Lifetime lifetime) {
    if (value) return bind(index, *value, lifetime);
    bind_null(index);
  }

  Connection& connection_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

/// Several reads of one connection in one snapshot.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection) { connection_.begin(); }
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Connection& connection_;
};

/// BEGIN IMMEDIATE; rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Durable when it returns.
  void commit();

 private:
  Connection& connection_;
};

}  // namespace xzepr::store::sqlite

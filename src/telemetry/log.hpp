// Structured log: one line per entry, JSON or text, to stderr. Values are escaped and cut at 4 KiB, so no
// input can forge a line. Asynchronous and bounded: when the disk is slower than we are, the oldest lines are
// dropped and counted. Any thread. spdlog's headers are included by this module only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

namespace xzepr::telemetry {

enum class Level : std::uint8_t { trace, debug, info, warn, error };
enum class LogFormat : std::uint8_t { json, text };

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

/// Fields present in every line: timestamp (RFC 3339), level, target (the module), message. request_id,
/// user_id, span_id and trace_id are ordinary fields, given where known.
class Log {
 public:
  Log(Level lowest, LogFormat format);
  /// To another file descriptor, which must outlive the Log.
  Log(Level lowest, LogFormat format, int descriptor);
  /// Writes what is queued.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] bool is_enabled(Level level) const noexcept { return level >= lowest_; }
  void write(Level level, std::string_view target, std::string_view message,
             std::initializer_list<Field> fields = {});
  /// Lines lost because the queue was full.
  [[nodiscard]] std::uint64_t dropped_count() const;

  void debug(std::string_view target, std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, target, message, fields);
  }
  void info(std::string_view target, std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, target, message, fields);
  }
  void warn(std::string_view target, std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warn, target, message, fields);
  }
  void error(std::string_view target, std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, target, message, fields);
  }

 private:
  struct Pipe;
  Level lowest_;
  LogFormat format_;
  std::unique_ptr<Pipe> pipe_;
};

}  // namespace xzepr::telemetry

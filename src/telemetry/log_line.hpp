// One log entry as one line of text. Pure: the caller gives the time. Whatever the values hold, the result
// has exactly one line feed, at its end, and is valid UTF-8.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "telemetry/log.hpp"

namespace xzepr::telemetry {

/// A longer value is cut at a character's end and marked with "…".
inline constexpr std::size_t log_value_bytes_max = 4'096;

struct LogEntry {
  TimePoint time;
  Level level;
  std::string_view target;
  std::string_view message;
  std::span<const Field> fields;
};

/// json: {"timestamp":"...","level":"INFO","target":"http","message":"...","name":value,...}
/// text: 2026-01-31T09:30:00.000000Z INFO  http: message name=value name="value with spaces"
void append_line(std::string& out, LogFormat format, const LogEntry& entry);

}  // namespace xzepr::telemetry

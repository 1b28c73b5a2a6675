// Moves the write-ahead log into the database file when it has grown long, between two batches: after the
// callers of one were answered and before the next begins. On a thread of its own it was no faster for 64
// callers and a sixth slower for 8: both write to the same disk, and the log grows meanwhile.
#pragma once

#include <functional>

#include "base/worker.hpp"
#include "store/sqlite/connection.hpp"
#include "telemetry/log.hpp"

namespace xzepr::store::sqlite {

/// Pages in the log from which on it is moved: 64 MiB. In a longer log more of them are the same pages again,
/// and the pauses (35 ms with 400,000 artifacts) are rarer than one event in a hundred; a shorter one is read
/// faster after a crash.
inline constexpr int log_frames_max = 16'000;

/// The writer's thread.
class Checkpointer {
 public:
  Checkpointer(Connection& connection, Worker& writer, telemetry::Log& log, std::function<void()> on_fatal);

  /// After each commit. What it does is done later, in a turn of its own.
  void after_commit();
  /// When the disk is full: once its log is moved, a database that may not grow can still be written to.
  void make_room() { ask(); }

 private:
  void ask();
  void move();

  Connection& connection_;
  Worker& writer_;
  telemetry::Log& log_;
  const std::function<void()> on_fatal_;
  bool is_asked_ = false;
};

}  // namespace xzepr::store::sqlite

// Moves the write-ahead log into the database file beside the writer, not in its way: most of the work is
// done on a thread of its own, then the writer moves the little that was written meanwhile, so that the log
// begins anew.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/worker.hpp"
#include "telemetry/log.hpp"

namespace xzepr::store::sqlite {

/// Pages in the log from which on it is moved: 32 MiB. A longer log makes pages that are written again and
/// again cheaper; a shorter one is read faster after a crash.
inline constexpr int log_frames_max = 8'000;

class Checkpointer {
 public:
  /// `connection` belongs to the thread of `writer`.
  Checkpointer(std::string path, Connection& connection, Worker& writer, telemetry::Log& log,
               std::function<void()> on_fatal);

  void start() { worker_.start(); }
  void stop() { worker_.stop(); }

  /// The writer's thread, after a commit.
  void after_commit();

 private:
  void move_most();
  void move_rest();
  void report(const Fault& fault);

  // Constant after construction.
  const std::string path_;
  Connection& writer_connection_;
  Worker& writer_;
  telemetry::Log& log_;
  const std::function<void()> on_fatal_;

  // The writer's thread.
  bool is_busy_ = false;

  // The own thread.
  std::unique_ptr<Connection> connection_;  // opened when first needed
  Worker worker_;
};

}  // namespace xzepr::store::sqlite

// Positions of sinks move with whatever is committed next. Under load that is the next batch of events, so
// that a move costs one statement and no sync of its own. The writer's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/task.hpp"
#include "base/worker.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/sink_tables.hpp"

namespace xzepr::store::sqlite {

class AdvanceRide {
 public:
  /// What SinkStore::advance() answers, or why it could not be done.
  using Moved = Done<bool>;

  /// `on_fatal` is called when durability is lost.
  AdvanceRide(Connection& connection, SinkWriter& sinks, std::function<void()> on_fatal)
      : connection_(connection), sinks_(sinks), on_fatal_(std::move(on_fatal)) {}

  /// `resume` is called once the move is durable, or failed.
  void wait(SinkDriver driver, std::int64_t position, Resume<Moved> resume);
  /// Writes the moves that wait into the transaction in hand. When that is rolled back they wait on.
  void board();
  /// What was written is durable.
  void arrive();
  /// Those that still wait get a transaction of their own.
  void go_alone();

 private:
  struct Rider {
    SinkDriver driver;
    std::int64_t position = 0;
    Resume<Moved> resume;
    bool is_mine = false;  // once written
  };

  void fail(const std::exception_ptr& error);

  Connection& connection_;
  SinkWriter& sinks_;
  const std::function<void()> on_fatal_;
  std::vector<Rider> riders_;
};

}  // namespace xzepr::store::sqlite

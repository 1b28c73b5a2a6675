// Owns the coroutines of one shard: each has a name, is cancelled and waited for at the end, and what
// escapes it is reported. Use only on its shard, except where said.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.hpp"

namespace xzepr {

class TaskGroup {
 public:
  using Report = std::function<void(std::string_view name, const std::exception& what)>;

  /// `report` hears each exception that escapes a task, cancellation excepted.
  TaskGroup(Executor executor, Report report);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` from this executor's loop. `name` must be static text.
  void spawn(std::string_view name, Task<> task);
  /// Asks every task to end; each unwinds as operation_aborted at its next wait.
  void cancel();
  /// Returns when no task is left. A task may still be spawned while waiting.
  [[nodiscard]] Task<> join();
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xzepr

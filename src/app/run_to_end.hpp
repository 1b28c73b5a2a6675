// A task whose end somebody waits for.
#pragma once

#include <future>
#include <utility>

#include "base/task.hpp"

namespace xzepr::app {

/// Keeps the promise when the task has ended, however it did.
[[nodiscard]] inline Task<> run_to_end(Task<> task, std::promise<void> ended) {
  try {
    co_await std::move(task);
  } catch (...) {
    ended.set_value();
    throw;
  }
  ended.set_value();
}

}  // namespace xzepr::app

// One io_context and one thread per core, shared nothing. Only this file and the wiring know how many there
// are.
#pragma once

#include <cstddef>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "base/task.hpp"
#include "base/task_group.hpp"
#include "telemetry/log.hpp"

namespace xzepr::app {

/// background gives way to those who answer.
enum class Priority : std::uint8_t { foreground, background };

class Shards {
 public:
  Shards(std::size_t count, telemetry::Log& log, Priority priority = Priority::foreground);
  ~Shards();

  [[nodiscard]] std::size_t size() const { return shards_.size(); }
  [[nodiscard]] asio::io_context& loop(std::size_t index) { return shards_[index]->loop; }
  [[nodiscard]] TaskGroup& tasks(std::size_t index) { return shards_[index]->tasks; }

  /// Starts the threads.
  void run();
  /// Runs `task` on one shard and waits for its end, here; rethrows what escapes it. Not from a shard's
  /// thread.
  template <class T>
  T run_on(std::size_t index, Task<T> task);
  /// Cancels every task, joins them for at most `patience`, then stops loops and threads.
  void stop(std::chrono::milliseconds patience);

 private:
  struct Shard {
    explicit Shard(telemetry::Log& log);
    asio::io_context loop{1};
    TaskGroup tasks;
    std::thread thread;
  };
  const Priority priority_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// Completes `done` with what `task` yields.
template <class T>
Task<> deliver(Task<T> task, std::shared_ptr<std::promise<T>> done) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      done->set_value();
    } else {
      done->set_value(co_await std::move(task));
    }
  } catch (...) {
    done->set_exception(std::current_exception());
  }
}

template <class T>
T Shards::run_on(std::size_t index, Task<T> task) {
  auto done = std::make_shared<std::promise<T>>();
  auto result = done->get_future();
  // The group is its shard's own: spawn there. The task is moved through a shared cell because a posted
  // handler is copied.
  auto cell = std::make_shared<Task<>>(deliver<T>(std::move(task), std::move(done)));
  asio::post(loop(index), [this, index, cell] { tasks(index).spawn("run_on", std::move(*cell)); });
  return result.get();
}

}  // namespace xzepr::app

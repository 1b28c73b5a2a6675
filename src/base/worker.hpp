// Threads for what blocks, and the way there and back: a shard hands over a piece of work and resumes on its
// own loop with what it gave or threw.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/task.hpp"

namespace xzepr {

class Worker {
 public:
  explicit Worker(std::size_t threads);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  /// Ends after the piece in hand; what was handed over and not begun is dropped.
  void stop();
  [[nodiscard]] asio::io_context& loop() { return loop_; }

 private:
  struct Guard;
  std::size_t thread_count_;
  asio::io_context loop_;
  std::unique_ptr<Guard> guard_;
  std::vector<std::thread> threads_;
};

template <class T>
struct Done {
  std::optional<T> value;
  std::exception_ptr error;
};

/// `work` runs on one of the worker's threads.
template <class T>
Task<T> run_on(Worker& worker, std::move_only_function<T()> work) {
  auto start = [&worker, work = std::move(work)](Resume<Done<T>> resume) mutable {
    asio::post(worker.loop(), [work = std::move(work), resume = std::move(resume)]() mutable {
      Done<T> done;
      try {
        done.value.emplace(work());
      } catch (...) {
        done.error = std::current_exception();
      }
      resume(std::move(done));
    });
  };
  Done<T> done = co_await suspend<Done<T>>(std::move(start));
  if (done.error) std::rethrow_exception(done.error);
  co_return std::move(*done.value);
}

}  // namespace xzepr

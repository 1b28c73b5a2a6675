#include "base/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>

namespace xzepr {

struct Worker::Guard {
  explicit Guard(asio::io_context& loop) : guard(loop.get_executor()) {}
  asio::executor_work_guard<Executor> guard;
};

Worker::Worker(std::size_t threads)
    : thread_count_(threads), loop_(static_cast<int>(threads)), guard_(std::make_unique<Guard>(loop_)) {}

Worker::~Worker() { stop(); }

void Worker::start() {
  for (std::size_t i = 0; i < thread_count_; ++i) threads_.emplace_back([this] { loop_.run(); });
}

void Worker::stop() {
  loop_.stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace xzepr

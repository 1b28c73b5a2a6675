#include "app/shards.hpp"

#include <signal.h>

#include <boost/asio/co_spawn.hpp>

#include "base/priority.hpp"

namespace xzepr::app {
namespace {

// Signals belong to the main thread.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

TaskGroup::Report log_escaped(telemetry::Log& log) {
  return [&log](std::string_view name, const std::exception& what) {
    log.error("app", "a background task ended with an error",
              {{"task", name}, {"error", std::string_view(what.what())}});
  };
}

}  // namespace

Shards::Shard::Shard(telemetry::Log& log) : tasks(loop.get_executor(), log_escaped(log)) {}

Shards::Shards(std::size_t count, telemetry::Log& log, Priority priority) : priority_(priority) {
  for (std::size_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(log));
}

Shards::~Shards() { stop(std::chrono::milliseconds{0}); }

void Shards::run() {
  for (auto& shard : shards_) {
    shard->thread = std::thread([loop = &shard->loop, priority = priority_] {
      block_signals();
      if (priority == Priority::background) give_way();
      const auto work = asio::require(loop->get_executor(), asio::execution::outstanding_work.tracked);
      loop->run();
    });
  }
}

void Shards::stop(std::chrono::milliseconds patience) {
  std::vector<std::future<void>> joined;
  for (auto& shard : shards_) {
    if (!shard->thread.joinable()) continue;
    auto done = std::make_shared<std::promise<void>>();
    joined.push_back(done->get_future());
    asio::post(shard->loop, [shard = shard.get(), done] {
      shard->tasks.cancel();
      asio::co_spawn(shard->loop, deliver<void>(shard->tasks.join(), done), [](const std::exception_ptr&) {});
    });
  }
  const auto until = std::chrono::steady_clock::now() + patience;
  for (auto& future : joined) future.wait_until(until);
  for (auto& shard : shards_) {
    shard->loop.stop();
    if (shard->thread.joinable()) shard->thread.join();
  }
}

}  // namespace xzepr::app

#include "identity/vault/renewer.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace xzepr::identity::vault {
namespace {

using namespace std::chrono_literals;

constexpr auto pause_min = 1s;
constexpr auto pause_max = 1h;
constexpr auto pause_after_failure = 5s;

}  // namespace

std::chrono::seconds renewal_pause(const Lease& lease) {
  if (lease.duration == 0s) return pause_max;
  return std::clamp<std::chrono::seconds>(lease.duration / 2, pause_min, pause_max);
}

struct Renewer::State {
  State(Client& to_renew, telemetry::Log& to) : client(to_renew), log(to) {}
  void work();
  std::chrono::seconds renew();

  Client& client;
  telemetry::Log& log;
  bool has_failed = false;  // of the thread
  std::mutex mutex;
  std::condition_variable changed;
  bool is_ending = false;  // guarded by mutex
  std::thread thread;
};

std::chrono::seconds Renewer::State::renew() {
  const auto lease = client.renew();
  if (lease) {
    if (std::exchange(has_failed, false)) log.info("vault", "the token is renewed again");
    return renewal_pause(*lease);
  }
  if (!std::exchange(has_failed, true))
    log.error("vault", "the token is not renewed", {{"error", std::string_view(lease.error())}});
  return pause_after_failure;
}

void Renewer::State::work() {
  std::unique_lock lock(mutex);
  while (!is_ending) {
    lock.unlock();
    const auto pause = renew();
    lock.lock();
    changed.wait_for(lock, pause, [this] { return is_ending; });
  }
}

Renewer::Renewer(Client& client, telemetry::Log& log) : state_(std::make_unique<State>(client, log)) {
  state_->thread = std::thread([this] { state_->work(); });
}

Renewer::~Renewer() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

}  // namespace xzepr::identity::vault

#include "base/wake.hpp"

#include <atomic>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace xzepr {
namespace {

using WakeTimer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                             asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace

struct Wake::State {
  explicit State(asio::io_context& on) : loop(on), timer(on.get_executor()) {}

  asio::io_context& loop;
  std::atomic<bool> is_pending = false;  // any thread

  // The loop's.
  WakeTimer timer;
  bool is_woken = false;
};

Wake::Wake(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {}
Wake::~Wake() = default;

void Wake::notify() {
  if (state_->is_pending.exchange(true)) return;
  asio::post(state_->loop, [state = state_] {
    state->is_woken = true;
    state->timer.cancel();
  });
}

Task<> Wake::wait_until(std::chrono::steady_clock::time_point time) {
  const auto state = state_;
  if (state->is_pending.exchange(false)) co_return;
  state->is_woken = false;
  state->timer.expires_at(time);
  boost::system::error_code error;
  co_await state->timer.async_wait(asio::redirect_error(use_task, error));
  // Not by us: the Task was cancelled.
  if (error && !state->is_woken) throw boost::system::system_error(error);
  // An exchange, so that what was done before a notify() that found it set is seen after this.
  state->is_pending.exchange(false);
}

}  // namespace xzepr

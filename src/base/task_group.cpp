#include "base/task_group.hpp"

#include <list>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

namespace xzepr {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

struct TaskGroup::State {
  State(Executor on, Report tell)
      : executor(on), report(std::move(tell)), changed(on, Timer::time_point::max()) {}

  Executor executor;
  Report report;
  std::list<asio::cancellation_signal> running;
  Timer changed;  // cancelled to wake join()
};

namespace {

void report_escaped(const TaskGroup::Report& report, std::string_view name,
                    const std::exception_ptr& escaped) {
  if (!escaped) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) report(name, error);
  } catch (const std::exception& error) {
    report(name, error);
  }
}

}  // namespace

TaskGroup::TaskGroup(Executor executor, Report report)
    : state_(std::make_shared<State>(executor, std::move(report))) {}
TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(std::string_view name, Task<> task) {
  const auto at = state_->running.emplace(state_->running.end());
  asio::co_spawn(
      state_->executor, std::move(task),
      asio::bind_cancellation_slot(at->slot(), [state = state_, at, name](const std::exception_ptr& escaped) {
        report_escaped(state->report, name, escaped);
        // The signal owns the slot that is calling us, so it goes one turn later.
        asio::post(state->executor, [state, at] {
          state->running.erase(at);
          state->changed.cancel();
        });
      }));
}

void TaskGroup::cancel() {
  // One turn later, so that each task spawned before has started: Asio 1.26 throws out of the loop when a
  // coroutine is cancelled before its first step.
  asio::post(state_->executor, [state = state_] {
    for (auto& signal : state->running)
      signal.emit(asio::cancellation_type::total | asio::cancellation_type::terminal);
  });
}

Task<> TaskGroup::join() {
  const auto state = state_;
  while (!state->running.empty()) {
    boost::system::error_code ignored;
    co_await state->changed.async_wait(asio::redirect_error(use_task, ignored));
  }
}

std::size_t TaskGroup::size() const { return state_->running.size(); }

bool is_cancellation(const std::exception& escaped) {
  const auto* error = dynamic_cast<const boost::system::system_error*>(&escaped);
  return error != nullptr && error->code() == asio::error::operation_aborted;
}

Task<> sleep_for(std::chrono::steady_clock::duration duration) {
  Timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(use_task);
}

}  // namespace xzepr

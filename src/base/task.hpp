// Coroutines of the house. Nobody else spells an executor or a completion token, so both are decided here.
// A Task belongs to the shard (io_context) that runs it and resumes only there.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace xzepr {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_task{};

/// The caller's own executor.
inline Task<Executor> this_executor() { co_return co_await asio::this_coro::executor; }

/// Called at most once, from any thread; resumes the waiting Task on its own executor.
template <class T>
using Resume = std::move_only_function<void(T)>;

/// Suspends the caller after handing `start` a Resume. `start` is called at once, on the caller's
/// thread; it may give the Resume to any other thread. A Resume that is dropped uncalled leaves the
/// caller suspended for ever: whoever takes it must call it.
template <class T, class Start>
Task<T> suspend(Start start) {
  const Executor executor = co_await asio::this_coro::executor;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(T)>(
      [executor](auto handler, Start begin) {
        begin(Resume<T>([executor, handler = std::move(handler)](T value) mutable {
          asio::post(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
            std::move(handler)(std::move(value));
          });
        }));
      },
      use_task, std::move(start));
}

/// True for the operation_aborted with which a cancelled Task unwinds.
[[nodiscard]] bool is_cancellation(const std::exception& escaped);

/// Waits; ends early (by exception operation_aborted) only when the Task is cancelled.
Task<> sleep_for(std::chrono::steady_clock::duration duration);

}  // namespace xzepr

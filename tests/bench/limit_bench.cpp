// limit_bench [benchmark's own options]: what the rate limit costs one request. In memory it may be 2
// microseconds. With XZEPR_TEST_REDIS also what it costs to ask Redis, one request after the other.
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "api/rate_limit.hpp"
#include "base/task_group.hpp"
#include "redis/bucket_store.hpp"

namespace {

namespace api = xzepr::api;
namespace limits = xzepr::limits;
namespace redis = xzepr::redis;
using Clock = limits::TokenBucket::Clock;

constexpr std::uint32_t plenty = 1'000'000'000;

api::RateLimiter& limiter() {
  static api::RateLimiter made({.anonymous_rpm = plenty,
                                .authenticated_rpm = plenty,
                                .admin_rpm = plenty,
                                .per_endpoint = {{"/api/v1/auth", 5}, {"/api/v1/events", plenty}}});
  return made;
}

std::vector<std::string> addresses(std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i) {
    std::string bytes(16, '\0');
    for (std::size_t at = 0; at < 4; ++at) bytes[at] = static_cast<char>(i >> (8 * at));
    made.push_back(std::move(bytes));
  }
  return made;
}

void take(benchmark::State& state, std::string_view path) {
  const auto callers = addresses(static_cast<std::size_t>(state.range(0)));
  std::size_t at = static_cast<std::size_t>(state.thread_index()) * 7'919U;
  for (auto _ : state) {
    const auto& caller = callers[at++ % callers.size()];
    benchmark::DoNotOptimize(
        limiter().take({.address_key = caller}, xzepr::http::Method::post, path, Clock::now()));
  }
}

void in_memory(benchmark::State& state) { take(state, "/api/v1/groups"); }
BENCHMARK(in_memory)->Arg(1)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(in_memory)->Arg(1)->Arg(100'000)->Threads(2);

void in_memory_with_endpoint(benchmark::State& state) { take(state, "/api/v1/events"); }
BENCHMARK(in_memory_with_endpoint)->Arg(1)->Arg(100'000);

xzepr::Task<> ask(benchmark::State& state, redis::BucketStore& store, xzepr::TaskGroup& tasks) {
  co_await store.first_try();
  const auto callers = addresses(1'000);
  std::size_t at = 0;
  if (!store.is_up()) state.SkipWithError("Redis does not answer");
  for (auto _ : state) {
    const api::Caller caller{.address_key = callers[at++ % callers.size()]};
    const auto taken =
        co_await store.take(limiter().shared_demands(caller, xzepr::http::Method::post, "/api/v1/events"));
    if (!taken) state.SkipWithError("no answer");
  }
  tasks.cancel();
}

void in_redis(benchmark::State& state) {
  const char* url = std::getenv("XZEPR_TEST_REDIS");
  const auto address = redis::parse_address(url == nullptr ? "" : url);
  if (!address) return state.SkipWithError("XZEPR_TEST_REDIS names no Redis");
  xzepr::asio::io_context loop{1};
  xzepr::telemetry::Log log(xzepr::telemetry::Level::warn, xzepr::telemetry::LogFormat::text);
  xzepr::telemetry::Metrics metrics;
  redis::Link link(address->place(), 1, log, metrics);
  redis::BucketStore store(loop, {.address = *address}, link);
  xzepr::TaskGroup tasks(loop.get_executor(), [](std::string_view, const std::exception&) {});
  tasks.spawn("redis", store.run());
  tasks.spawn("ask", ask(state, store, tasks));
  loop.run();
}
BENCHMARK(in_redis)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();

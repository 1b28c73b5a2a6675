// Events per second through the PostgreSQL store alone, without HTTP: a number of callers, each with one
// event outstanding, whose receivers stand in a gate of three. Prints one line.
//   postgres_bench URL OUTSTANDING SECONDS [LANES GATHER_BELOW GATHER_US] [unique|triples]
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "store/postgres/postgres_database.hpp"

namespace {

using namespace xzepr;
using SteadyClock = std::chrono::steady_clock;

struct Bench {
  store::Ports ports{};
  std::shared_ptr<const domain::Catalogue> catalogue;
  std::vector<ReceiverId> receivers;
  UserId user;
  UlidSource ids;
  SystemClock clock;
  bool is_unique = true;
  std::uint64_t run = 0;
  std::uint64_t next = 0;
  std::uint64_t stored = 0;
  std::size_t running = 0;
  bool must_stop = false;
  std::vector<double> latencies_ms;
};

domain::Event make_event(Bench& bench) {
  const auto number = bench.next++;
  const auto artifact = bench.is_unique ? number : number / 3;
  domain::Event event;
  event.artifact = {.name = fmt::format("service-{}", artifact % 97),
                    .version = fmt::format("1.{}.{}", bench.run, artifact),
                    .release = "1",
                    .platform_id = "x86_64",
                    .package = "container"};
  event.artifact_id = domain::artifact_id(event.artifact);
  event.description = "image scanned";
  event.payload = fmt::format(R"({{"critical_count":0,"scanner":"trivy","seconds":{}}})", number % 1000);
  event.receiver_id = bench.receivers[number % 3];
  event.created_at = event.event_start = event.event_end = bench.clock.now();
  event.created_by = bench.user;
  event.id = EventId{bench.ids.next(event.created_at)};
  return event;
}

Task<> caller(Bench& bench) {
  while (!bench.must_stop) {
    store::AppendUnit unit{.events = {},
                           .claim = std::nullopt,
                           .catalogue = bench.catalogue,
                           .deadline = Deadline::after(std::chrono::seconds{30})};
    unit.events.push_back(make_event(bench));
    const auto begun = SteadyClock::now();
    const auto outcome = co_await bench.ports.events->append(std::move(unit));
    if (const auto* error = std::get_if<Error>(&outcome)) {
      fmt::print(stderr, "{}: {}\n", error->code, error->detail);
      std::exit(1);
    }
    bench.latencies_ms.push_back(
        std::chrono::duration<double, std::milli>(SteadyClock::now() - begun).count());
    ++bench.stored;
  }
  --bench.running;
}

Task<> prepare(Bench& bench) {
  const auto soon = Deadline::after(std::chrono::seconds{30});
  const auto before = co_await bench.ports.catalogue->revision(soon);
  store::CatalogueChange change{.expected_revision = before,
                                .writes = {},
                                .journal = {},
                                .claim = std::nullopt,
                                .answer = {},
                                .deadline = soon};
  domain::Group group;
  for (int i = 0; i < 3; ++i) {
    domain::Receiver receiver;
    receiver.id = ReceiverId{bench.ids.next(bench.clock.now())};
    receiver.name = receiver.type = fmt::format("bench.{}.{}", to_string(receiver.id), i);
    receiver.version = "1";
    receiver.schema = "{}";
    bench.receivers.push_back(receiver.id);
    change.writes.emplace_back(store::PutReceiver{receiver});
  }
  group.id = GroupId{bench.ids.next(bench.clock.now())};
  group.name = group.type = fmt::format("bench.{}", to_string(group.id));
  group.version = "1";
  group.receiver_ids = bench.receivers;
  group.gate_revision = -1;
  change.writes.emplace_back(store::PutGroup{group});
  (void)co_await bench.ports.catalogue->apply(std::move(change));
  auto data = co_await bench.ports.catalogue->load(soon);
  bench.catalogue = std::make_shared<const domain::Catalogue>(data.revision, std::move(data.receivers),
                                                              std::move(data.groups));
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void print_result(Bench& bench, double seconds, double cpu) {
  std::ranges::sort(bench.latencies_ms);
  const auto at = [&](double share) {
    return bench
        .latencies_ms[static_cast<std::size_t>(share * static_cast<double>(bench.latencies_ms.size() - 1))];
  };
  const auto stored = static_cast<double>(bench.stored);
  fmt::print("{:.0f} events/s, p50 {:.2f} ms, p99 {:.2f} ms, own CPU {:.1f} us/event\n", stored / seconds,
             at(0.5), at(0.99), cpu / stored * 1e6);
}

Task<> drive(Bench& bench, std::size_t outstanding, std::chrono::seconds duration) {
  co_await prepare(bench);
  const auto executor = co_await this_executor();
  const auto begun = SteadyClock::now();
  const auto cpu = cpu_seconds();
  bench.running = outstanding;
  for (std::size_t i = 0; i < outstanding; ++i)
    asio::co_spawn(executor, caller(bench), [](const std::exception_ptr& escaped) {
      if (escaped) std::rethrow_exception(escaped);
    });
  co_await sleep_for(duration);
  bench.must_stop = true;
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begun).count();
  print_result(bench, seconds, cpu_seconds() - cpu);
  while (bench.running > 0) co_await sleep_for(std::chrono::milliseconds{10});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: {} URL OUTSTANDING SECONDS [LANES GATHER_BELOW GATHER_US] [unique|triples]\n",
               argv[0]);
    return 2;
  }
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? std::strtoul(argv[at], nullptr, 10) : otherwise;
  };
  telemetry::Log log(telemetry::Level::warn, telemetry::LogFormat::text);
  telemetry::Metrics metrics;
  store::postgres::PostgresOptions options{.url = argv[1]};
  options.writer_lanes = number(4, options.writer_lanes);
  options.gathering.gather_below = number(5, options.gathering.gather_below);
  if (argc > 6) options.gathering.gather_for = std::chrono::microseconds(number(6, 0));
  auto database = store::postgres::make_postgres_database(options, log, metrics, [] { std::abort(); });
  asio::io_context loop{1};
  auto guard = asio::make_work_guard(loop);
  Bench bench;
  bench.is_unique = argc <= 7 || std::string_view(argv[7]) == "unique";
  bench.run = static_cast<std::uint64_t>(bench.clock.now().time_since_epoch().count());
  bench.user = UserId{bench.ids.next(bench.clock.now())};
  bench.ports = database->open_shard(loop);
  database->start();
  std::atomic<bool> is_done = false;
  std::thread thread([&loop] { loop.run(); });
  asio::co_spawn(loop, drive(bench, number(2, 64), std::chrono::seconds(number(3, 5))),
                 [&is_done](const std::exception_ptr& escaped) {
                   if (escaped) std::rethrow_exception(escaped);
                   is_done = true;
                   is_done.notify_all();
                 });
  is_done.wait(false);
  database->stop();
  guard.reset();
  thread.join();
}

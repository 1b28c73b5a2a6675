// Events per second into SQLite, without HTTP. Prints one line that begins with the figure.
//   store_bench raw    FILE ROWS SECONDS         ROWS events a transaction, straight through the library:
//   what is there
//                                                to be reached. Every event is an artifact of its own, as in
//                                                `append`, and writes the same rows (event, artifact,
//                                                outcome, gate, journal, head).
//   store_bench append FILE OUTSTANDING SECONDS [unique|triples] [GATHER_BELOW GATHER_US]
//                                                through the store, with so many callers who wait for their
//                                                answer
//   store_bench get    FILE EVENTS SECONDS       single events by id, on one thread
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/tables.hpp"

namespace {

using namespace xzepr;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// Three receivers, a gate over them, and events without end.
struct World {
  UlidSource ids;
  SystemClock clock;
  UserId user{ids.next(clock.now())};
  std::vector<domain::Receiver> receivers;
  domain::Group group;
  std::uint64_t run = static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
  std::uint64_t next = 0;
  bool is_unique = true;

  World() {
    for (int i = 0; i < 3; ++i) {
      domain::Receiver receiver;
      receiver.id = ReceiverId{ids.next(clock.now())};
      receiver.name = receiver.type = fmt::format("bench.{}.{}", run, i);
      receiver.version = "1";
      receiver.schema = "{}";
      group.receiver_ids.push_back(receiver.id);
      receivers.push_back(std::move(receiver));
    }
    group.id = GroupId{ids.next(clock.now())};
    group.name = group.type = fmt::format("bench.{}", run);
    group.version = "1";
    group.gate_revision = -1;
  }

  domain::Event make_event() {
    const auto number = next++;
    domain::Event event;
    event.artifact = {.name = "bench-app",
                      .version = fmt::format("{}.{}", run, is_unique ? number : number / 3),
                      .release = "1",
                      .platform_id = "linux/amd64",
                      .package = "docker"};
    event.artifact_id = domain::artifact_id(event.artifact);
    event.description = "built and scanned";
    event.payload = R"({"critical_count":0,"scanner":"grype 0.74","passed":true})";
    event.receiver_id = receivers[is_unique ? 0 : number % 3].id;
    event.created_at = event.event_start = event.event_end = clock.now();
    event.created_by = user;
    event.id = EventId{ids.next(event.created_at)};
    return event;
  }
};

void migrate(const std::string& path) {
  const auto done = store::sqlite::make_sqlite_migrator(path)->up(SystemClock{}.now());
  if (done) return;
  fmt::print(stderr, "{}\n", done.error().detail);
  std::exit(1);
}

// --- raw
// ---------------------------------------------------------------------------------------------------------

void insert(store::sqlite::Tables& tables, World& world, store::sqlite::Head& head) {
  const auto event = world.make_event();
  const auto artifact_no = tables.insert_artifact(event);
  const auto position = ++head.position;
  tables.insert_event(event, artifact_no, position);
  tables.write_outcome({.artifact_id = event.artifact_id,
                        .receiver_id = event.receiver_id,
                        .passed = true,
                        .event_id = event.id,
                        .position = position,
                        .at = event.created_at},
                       artifact_no);
  tables.write_gate({.group_id = world.group.id,
                     .artifact_id = event.artifact_id,
                     .state = domain::GateState::pending,
                     .group_revision = 1,
                     .since = event.created_at},
                    artifact_no);
  tables.insert_journal({.position = position,
                         .id = world.ids.next(event.created_at),
                         .artifact_id = event.artifact_id,
                         .event_id = event.id,
                         .receiver_id = event.receiver_id,
                         .receiver_version = 1,
                         .at = event.created_at},
                        artifact_no);
}

void run_raw(const std::string& path, std::size_t rows, double seconds) {
  World world;
  // As the library comes: its own log writing and check points.
  store::sqlite::Connection connection(path, store::sqlite::Access::write, 16 * 1'048'576,
                                       store::sqlite::LogWrites::single);
  connection.run("PRAGMA wal_autocheckpoint=1000");
  connection.run("PRAGMA foreign_keys=OFF");
  store::sqlite::Tables tables(connection);
  std::size_t stored = 0;
  const auto begin = SteadyClock::now();
  const auto cpu = cpu_seconds();
  while (seconds_since(begin) < seconds) {
    store::sqlite::Transaction transaction(connection);
    auto head = tables.read_head();
    for (std::size_t i = 0; i < rows; ++i) insert(tables, world, head);
    tables.write_head(head);
    transaction.commit();
    stored += rows;
  }
  fmt::print("{:.0f} events/s, {} a transaction, own CPU {:.1f} us/event\n",
             static_cast<double>(stored) / seconds_since(begin), rows,
             (cpu_seconds() - cpu) / static_cast<double>(stored) * 1e6);
}

// --- append and get
// ----------------------------------------------------------------------------------------------

struct Bench {
  World world;
  store::Ports ports{};
  std::shared_ptr<const domain::Catalogue> catalogue;
  std::size_t running = 0;
  bool must_stop = false;
  std::vector<double> latencies_ms;
};

Deadline soon() { return Deadline::after(std::chrono::seconds{30}); }

Task<> prepare(Bench& bench) {
  const auto before = co_await bench.ports.catalogue->revision(soon());
  store::CatalogueChange change{.expected_revision = before,
                                .writes = {},
                                .journal = {},
                                .claim = {},
                                .answer = {},
                                .deadline = soon()};
  for (const auto& receiver : bench.world.receivers) change.writes.emplace_back(store::PutReceiver{receiver});
  change.writes.emplace_back(store::PutGroup{bench.world.group});
  (void)co_await bench.ports.catalogue->apply(std::move(change));
  auto data = co_await bench.ports.catalogue->load(soon());
  bench.catalogue = std::make_shared<const domain::Catalogue>(data.revision, std::move(data.receivers),
                                                              std::move(data.groups));
}

Task<> append_one(Bench& bench) {
  store::AppendUnit unit{.events = {}, .claim = {}, .catalogue = bench.catalogue, .deadline = soon()};
  unit.events.push_back(bench.world.make_event());
  const auto outcome = co_await bench.ports.events->append(std::move(unit));
  if (const auto* error = std::get_if<Error>(&outcome)) {
    fmt::print(stderr, "{}: {}\n", error->code, error->detail);
    std::exit(1);
  }
}

Task<> caller(Bench& bench) {
  while (!bench.must_stop) {
    const auto begin = SteadyClock::now();
    co_await append_one(bench);
    bench.latencies_ms.push_back(seconds_since(begin) * 1e3);
  }
  --bench.running;
}

void rethrow(const std::exception_ptr& escaped) {
  if (escaped) std::rethrow_exception(escaped);
}

Task<> drive_append(Bench& bench, std::size_t outstanding, std::chrono::seconds duration) {
  co_await prepare(bench);
  const auto executor = co_await this_executor();
  const auto begin = SteadyClock::now();
  const auto cpu = cpu_seconds();
  bench.running = outstanding;
  for (std::size_t i = 0; i < outstanding; ++i) asio::co_spawn(executor, caller(bench), rethrow);
  co_await sleep_for(duration);
  bench.must_stop = true;
  const auto seconds = seconds_since(begin);
  const auto used = cpu_seconds() - cpu;
  auto& latencies = bench.latencies_ms;
  std::ranges::sort(latencies);
  const auto count = static_cast<double>(latencies.size());
  const auto at = [&](double share) { return latencies[static_cast<std::size_t>(share * (count - 1))]; };
  fmt::print("{:.0f} events/s, p50 {:.2f} ms, p99 {:.2f} ms, max {:.1f} ms, own CPU {:.1f} us/event\n",
             count / seconds, at(0.5), at(0.99), latencies.back(), used / count * 1e6);
  while (bench.running > 0) co_await sleep_for(std::chrono::milliseconds{10});
}

Task<> drive_get(Bench& bench, std::size_t events, std::chrono::seconds duration) {
  co_await prepare(bench);
  std::vector<EventId> ids;
  while (ids.size() < events) {
    std::vector<store::AppendUnit> units;
    for (std::size_t i = 0; i < 1'000; ++i) {
      store::AppendUnit unit{.events = {}, .claim = {}, .catalogue = bench.catalogue, .deadline = soon()};
      unit.events.push_back(bench.world.make_event());
      ids.push_back(unit.events.front().id);
      units.push_back(std::move(unit));
    }
    (void)co_await bench.ports.events->append_each(std::move(units));
  }
  const auto begin = SteadyClock::now();
  std::size_t found = 0;
  for (std::size_t i = 0; seconds_since(begin) < static_cast<double>(duration.count());
       i = (i + 7'919) % ids.size()) {
    const auto event = co_await bench.ports.events->find(ids[i], soon());
    if (!event) std::exit(1);
    ++found;
  }
  fmt::print("{:.0f} reads/s\n", static_cast<double>(found) / seconds_since(begin));
}

template <class Drive>
void run_store(const std::string& path, store::AppendWriter::Options gathering, bool is_unique, Drive drive) {
  telemetry::Log log(telemetry::Level::warn, telemetry::LogFormat::text);
  telemetry::Metrics metrics;
  auto database = store::sqlite::make_sqlite_database({.path = path, .gathering = gathering}, log, metrics,
                                                      [] { std::abort(); });
  asio::io_context loop{1};
  auto guard = asio::make_work_guard(loop);
  Bench bench;
  bench.world.is_unique = is_unique;
  bench.ports = database->open_shard(loop);
  database->start();
  std::atomic<bool> is_done = false;
  std::thread thread([&loop] { loop.run(); });
  asio::co_spawn(loop, drive(bench), [&is_done](const std::exception_ptr& escaped) {
    rethrow(escaped);
    is_done = true;
    is_done.notify_all();
  });
  is_done.wait(false);
  database->stop();
  guard.reset();
  thread.join();
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 4) {
    fmt::print(stderr,
               "usage: {} raw|append|get FILE COUNT SECONDS [unique|triples] [GATHER_BELOW GATHER_US]\n",
               argv[0]);
    return 2;
  }
  const auto& path = arguments[1];
  const std::size_t count = std::stoul(arguments[2]);
  const std::chrono::seconds duration(std::stol(arguments[3]));
  const bool is_unique = arguments.size() < 5 || arguments[4] == "unique";
  store::AppendWriter::Options gathering;
  if (arguments.size() > 6)
    gathering = {.gather_below = std::stoul(arguments[5]),
                 .gather_for = std::chrono::microseconds(std::stol(arguments[6]))};
  migrate(path);
  if (arguments[0] == "raw") run_raw(path, count, static_cast<double>(duration.count()));
  if (arguments[0] == "append")
    run_store(path, gathering, is_unique, [&](Bench& bench) { return drive_append(bench, count, duration); });
  if (arguments[0] == "get")
    run_store(path, gathering, is_unique, [&](Bench& bench) { return drive_get(bench, count, duration); });
}

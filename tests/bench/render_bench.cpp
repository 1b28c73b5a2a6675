// render_bench [benchmark's own options]: what it costs to make one message of an event.
#include <memory>

#include <benchmark/benchmark.h>

#include "domain/cloud_event.hpp"

namespace {

namespace domain = xzepr::domain;

constexpr auto now = xzepr::TimePoint{std::chrono::microseconds{1'767'225'600'000'007}};

domain::JournalEntry entry() {
  domain::Event event;
  event.artifact = {.name = "shop-frontend",
                    .version = "1.2.0",
                    .release = "42",
                    .platform_id = "linux/amd64",
                    .package = "docker"};
  event.artifact_id = domain::artifact_id(event.artifact);
  event.payload = R"({"critical_count":0,"scanner":"grype","passed":true})";
  event.event_start = event.event_end = event.created_at = now;
  domain::JournalEntry made;
  made.row = {.position = 123'456, .kind = domain::JournalKind::event_created, .at = now};
  made.row.artifact_id = event.artifact_id;
  made.row.event_id = event.id;
  made.row.receiver_id = event.receiver_id;
  made.events = {event};
  made.receiver = std::make_shared<const domain::Revision>(domain::Revision{
      .type = "dev.scan.done", .body = std::string(600, 'x'), .brief = std::string(400, 'x')});
  return made;
}

void render(benchmark::State& state) {
  const auto one = entry();
  for (auto _ : state) benchmark::DoNotOptimize(domain::render_message(one, domain::MessageProfile::strict));
}
BENCHMARK(render);

}  // namespace

BENCHMARK_MAIN();

// identity_bench serve --config FILE: the server with parts of its identity left out, so that bench.py can
// measure what they cost. Everything else is the server's own: its pipeline, services, store and jobs.
//
//   XZEPR_BENCH_IDENTITY  off: POST /api/v1/events is public, and its caller is always the owner of the key
//   in
//                         XZEPR_BENCH_KEY; else as served
//   XZEPR_BENCH_LIMITER   off: nobody is counted; else as configured
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "api/exchange.hpp"
#include "app/commands/load_config.hpp"
#include "app/jobs/jobs.hpp"
#include "app/node.hpp"
#include "app/open_database.hpp"

namespace {

namespace api = xzepr::api;
namespace app = xzepr::app;
using xzepr::Deadline;
using xzepr::Result;
using xzepr::Task;

constexpr std::string_view create_path = "/api/v1/events";

bool is_off(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && std::string_view(value) == "off";
}

// A handler is a plain function, so what it needs stands here; constant once the shards run.
std::shared_ptr<const xzepr::identity::Principal> assumed;
api::Handler create = nullptr;

Task<Result<xzepr::http::Response>> create_as_assumed(api::Exchange& exchange,
                                                      const api::Services& services) {
  exchange.context.principal = assumed;
  return create(exchange, services);
}

api::RouteTable without_identity(const api::RouteTable& table) {
  std::vector<api::Route> routes(table.routes().begin(), table.routes().end());
  for (auto& route : routes) {
    if (route.method != xzepr::http::Method::post || route.path != create_path) continue;
    create = route.action.handler();
    route.action = create_as_assumed;
    route.demand = xzepr::identity::Permission::none;
  }
  api::RouteTable fresh;
  fresh.add(routes);
  return fresh;
}

struct Parts {
  explicit Parts(const app::Config& config_)
      : config(config_), shared(config, log, metrics), shards(shard_count(), log) {}
  static std::size_t shard_count() { return std::max(1U, std::thread::hardware_concurrency()); }

  const app::Config& config;
  xzepr::telemetry::Log log{xzepr::telemetry::Level::info, xzepr::telemetry::LogFormat::json};
  xzepr::telemetry::Metrics metrics;
  app::Shared shared;
  app::Shards shards;
  std::unique_ptr<xzepr::store::Database> database;
  std::vector<xzepr::store::Ports> ports;
  std::optional<xzepr::service::CursorCodec> cursors;
  std::vector<std::unique_ptr<app::ShardServices>> services;
};

void open(Parts& parts) {
  auto& [config, log, metrics, shared, shards, database, ports, cursors, services] = parts;
  if (is_off("XZEPR_BENCH_IDENTITY")) shared.routes = without_identity(shared.routes);
  database =
      app::open_database(config, {.shards = shards.size(), .on_fatal = [] { std::_Exit(1); }}, log, metrics);
  for (std::size_t i = 0; i < shards.size(); ++i) ports.push_back(database->open_shard(shards.loop(i)));
  database->start();
  shards.run();
  const auto deadline = Deadline::after(std::chrono::seconds{30});
  shards.run_on(0, shared.catalogue.refresh(*ports[0].catalogue, deadline));
  const auto secret = shards.run_on(0, ports[0].identities->shared_secret(deadline));
  cursors.emplace(secret);
  shared.csrf.emplace(secret);
  for (std::size_t i = 0; i < shards.size(); ++i) {
    services.push_back(std::make_unique<app::ShardServices>(ports[i], shards.loop(i), *cursors,
                                                            database->kind(), nullptr, shared));
  }
}

void assume_caller(Parts& parts) {
  const char* key = std::getenv("XZEPR_BENCH_KEY");
  auto caller = parts.shards.run_on(
      0, parts.services[0]->identities().authenticate(key == nullptr ? "" : key, parts.shared.clock.now(),
                                                      Deadline::after(std::chrono::seconds{30})));
  if (!caller) throw xzepr::Fault(xzepr::Fault::Kind::refused, "XZEPR_BENCH_KEY opens nothing");
  assumed = *std::move(caller);
}

void start_jobs(Parts& parts) {
  xzepr::asio::post(parts.shards.loop(0), [&parts] {
    auto& shared = parts.shared;
    const auto& ports = parts.ports[0];
    auto& tasks = parts.shards.tasks(0);
    tasks.spawn("watch_catalogue", app::watch_catalogue(shared.catalogue, *ports.catalogue, shared.log));
    tasks.spawn("sweep_gates",
                app::sweep_gates(shared.catalogue, *ports.catalogue, *ports.gates, shared.clock, shared.log));
    tasks.spawn("index_events", app::index_events(*ports.search, shared.log));
  });
}

void serve(const app::Config& config) {
  Parts parts(config);
  open(parts);
  if (is_off("XZEPR_BENCH_IDENTITY")) assume_caller(parts);
  std::vector<xzepr::http::Shard> shards;
  for (std::size_t i = 0; i < parts.shards.size(); ++i)
    shards.push_back({.loop = &parts.shards.loop(i), .application = &parts.services[i]->application()});
  const xzepr::http::ServerOptions options{
      .host = config.server.host, .port = config.server.port, .request_timeout = std::chrono::seconds{30}};
  xzepr::http::Server server(options, std::move(shards), parts.log, parts.metrics);
  start_jobs(parts);
  server.start();
  sigset_t end{};
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  int received = 0;
  sigwait(&end, &received);
  std::_Exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t end{};
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);
  if (argc != 4 || std::string_view(argv[2]) != "--config") return 2;
  auto loaded = app::load_config({.file = argv[3]});
  if (!loaded) return 2;
  if (is_off("XZEPR_BENCH_LIMITER")) loaded->config.security.rate_limit.is_enabled = false;
  try {
    serve(loaded->config);
  } catch (const xzepr::Fault& fault) {
    std::fprintf(stderr, "identity_bench: %s\n", fault.what());
    return 1;
  }
  return 0;
}

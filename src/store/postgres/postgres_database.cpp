#include "store/postgres/postgres_database.hpp"

#include <future>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "store/postgres/append_backend.hpp"
#include "store/postgres/artifact_store.hpp"
#include "store/postgres/catalogue_store.hpp"
#include "store/postgres/event_store.hpp"
#include "store/postgres/gate_store.hpp"
#include "store/postgres/identity_store.hpp"
#include "store/postgres/journal_store.hpp"
#include "store/postgres/migrator.hpp"
#include "store/postgres/search_store.hpp"
#include "store/postgres/session_store.hpp"
#include "store/postgres/sink_store.hpp"
#include "store/postgres/startup_checks.hpp"
#include "store/postgres/webhook_store.hpp"

namespace xzepr::store::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto connect_timeout = 5s;  // of one attempt to open a connection
constexpr auto close_timeout = 5s;    // for a shard to close its pool

constexpr std::size_t background_connections = 2;

struct Budget {
  std::size_t per_shard_max;
  std::size_t per_shard_min;
};

Budget share_out(const PostgresOptions& options) {
  const auto fixed = options.writer_lanes  // appends
                     + 1                   // changes of the catalogue and sweeps
                     + (options.has_background ? background_connections : 0);
  if (options.max_connections < fixed + options.shards)
    throw Fault(
        Fault::Kind::refused,
        fmt::format(
            "database.max_connections is {}, at least {} are needed: one per shard ({}) and {} besides",
            options.max_connections, fixed + options.shards, options.shards, fixed));
  const auto max = (options.max_connections - fixed) / options.shards;
  const auto min = options.min_connections > fixed ? (options.min_connections - fixed) / options.shards : 0;
  return {.per_shard_max = max, .per_shard_min = std::clamp<std::size_t>(min, 1, max)};
}

// What one shard is given; lives on that shard's loop.
struct Shard {
  Shard(asio::io_context& loop, std::shared_ptr<Pool> readers, AppendWriter& writer,
        Transactions& transactions, const CommitSignal& commits, telemetry::Log& log)
      : pool(std::move(readers)),
        events(writer, pool, std::make_shared<EventFinder>(loop, pool, log)),
        catalogue(pool, transactions, commits),
        identities(pool),
        sessions(pool),
        gates(pool, transactions),
        artifacts(pool),
        search(pool),
        journal(pool),
        sinks(pool),
        webhooks(pool),
        health(pool) {}

  std::shared_ptr<Pool> pool;
  PostgresEventStore events;
  PostgresCatalogueStore catalogue;
  PostgresIdentityStore identities;
  PostgresSessionStore sessions;
  PostgresGateStore gates;
  PostgresArtifactStore artifacts;
  PostgresSearchStore search;
  PostgresJournalStore journal;
  PostgresSinkStore sinks;
  PostgresWebhookStore webhooks;
  PostgresHealthProbe health;
};

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(PostgresOptions options, telemetry::Log& log, telemetry::Metrics& metrics,
                   std::function<void()> on_fatal)
      : options_(std::move(options)),
        budget_(share_out(options_)),
        log_(log),
        open_(metrics.gauge("xzepr_database_connections", "Connections to the database that are open")),
        connector_(std::make_unique<Connector>(options_.url, connect_timeout)),
        transactions_(loop_, single_connection(SessionKind::catalogue), clock_, ids_, log) {
    std::vector<AppendBackend*> lanes;
    for (std::size_t lane = 0; lane < options_.writer_lanes; ++lane) {
      auto pool = single_connection(SessionKind::write);
      lanes_.push_back(std::make_unique<PostgresAppendBackend>(std::move(pool), clock_, ids_, log));
      lanes.push_back(lanes_.back().get());
    }
    writer_ = std::make_unique<AppendWriter>(loop_, std::move(lanes), options_.gathering, log, metrics,
                                             std::move(on_fatal), &commits_);
  }
  ~PostgresDatabase() override { stop(); }

  [[nodiscard]] Ports open_shard(asio::io_context& loop) override { return open_ports(loop, budget_); }
  [[nodiscard]] Ports open_background(asio::io_context& loop) override {
    XZEPR_ASSERT(options_.has_background);
    return open_ports(loop, {.per_shard_max = background_connections, .per_shard_min = 1});
  }

  void start() override {
    for (const auto& pool : own_pools_) pool->start();
    thread_ = std::thread([this] { loop_.run(); });
  }

  void stop() override {
    if (!connector_) return;
    if (thread_.joinable()) {
      writer_->stop(Deadline::after(limits::drain_timeout));
      close_pools();
      guard_.reset();
      thread_.join();
    }
    connector_.reset();
  }

  [[nodiscard]] CommitSignal& commits() override { return commits_; }
  [[nodiscard]] std::string_view kind() const override { return "postgres"; }

 private:
  [[nodiscard]] Ports open_ports(asio::io_context& loop, Budget budget) {
    XZEPR_ASSERT(shards_.size() < options_.shards + (options_.has_background ? 1 : 0));
    auto pool = std::make_shared<Pool>(loop, *connector_,
                                       PoolOptions{.kind = SessionKind::read,
                                                   .connections_max = budget.per_shard_max,
                                                   .connections_min = budget.per_shard_min,
                                                   .acquire_timeout = options_.connection_timeout,
                                                   .open = open_},
                                       log_);
    pool->start();
    auto& shard = *shards_.emplace_back(
        std::make_unique<Shard>(loop, std::move(pool), *writer_, transactions_, commits_, log_));
    return {.events = &shard.events,
            .catalogue = &shard.catalogue,
            .identities = &shard.identities,
            .sessions = &shard.sessions,
            .gates = &shard.gates,
            .artifacts = &shard.artifacts,
            .search = &shard.search,
            .journal = &shard.journal,
            .sinks = &shard.sinks,
            .webhooks = &shard.webhooks,
            .health = &shard.health};
  }

  std::shared_ptr<Pool> single_connection(SessionKind kind) {
    return own_pools_.emplace_back(
        std::make_shared<Pool>(loop_, *connector_,
                               PoolOptions{.kind = kind,
                                           .connections_max = 1,
                                           .connections_min = 1,
                                           .acquire_timeout = options_.connection_timeout,
                                           .open = open_},
                               log_));
  }

  void close_pools() {
    for (const auto& pool : own_pools_) pool->stop();
    std::vector<std::future<void>> closed;
    for (const auto& shard : shards_) closed.push_back(shard->pool->stop());
    const auto deadline = Deadline::after(close_timeout);
    for (auto& one : closed) one.wait_until(deadline.at());
  }

  const PostgresOptions options_;
  const Budget budget_;
  telemetry::Log& log_;
  telemetry::Gauge open_;
  CommitSignal commits_;
  SystemClock clock_;
  UlidSource ids_;
  std::unique_ptr<Connector> connector_;
  asio::io_context loop_{1};
  std::optional<asio::executor_work_guard<Executor>> guard_{loop_.get_executor()};
  std::vector<std::shared_ptr<Pool>> own_pools_;
  Transactions transactions_;
  std::vector<std::unique_ptr<PostgresAppendBackend>> lanes_;
  std::unique_ptr<AppendWriter> writer_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Database> make_postgres_database(PostgresOptions options, telemetry::Log& log,
                                                 telemetry::Metrics& metrics,
                                                 std::function<void()> on_fatal) {
  (void)share_out(options);  // before anything is asked of the server
  check_server({.url = options.url, .connections = options.max_connections, .timeout = connect_timeout}, log);
  return std::make_unique<PostgresDatabase>(std::move(options), log, metrics, std::move(on_fatal));
}

std::unique_ptr<Migrator> make_postgres_migrator(std::string url) {
  return std::make_unique<PostgresMigrator>(std::move(url));
}

}  // namespace xzepr::store::postgres

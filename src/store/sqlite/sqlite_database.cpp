#include "store/sqlite/sqlite_database.hpp"

#include <atomic>

#include "base/assert.hpp"
#include "store/sqlite/append_transaction.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/directory_lock.hpp"
#include "store/sqlite/migrator.hpp"
#include "store/sqlite/ports.hpp"

namespace xzepr::store::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_patience = 30s;

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteOptions options, telemetry::Log& log, telemetry::Metrics& metrics,
                 std::function<void()> on_fatal);
  ~SqliteDatabase() override { stop(); }

  [[nodiscard]] Ports open_shard(asio::io_context&) override { return open_ports(LongReads::in_pool); }
  [[nodiscard]] Ports open_background(asio::io_context&) override { return open_ports(LongReads::here); }
  void start() override;
  void stop() override;
  [[nodiscard]] CommitSignal& commits() override { return commits_; }
  [[nodiscard]] std::string_view kind() const override { return "sqlite"; }

 private:
  [[nodiscard]] Ports open_ports(LongReads journal_reads);

  // Constant after construction.
  const SqliteOptions options_;
  std::unique_ptr<DirectoryLock> lock_;  // null when only administrating

  // The writer's thread.
  SystemClock clock_;
  UlidSource ids_;
  std::unique_ptr<Connection> connection_;
  Tables tables_;
  CatalogueWriter catalogue_;
  SessionWriter sessions_;
  SinkWriter sinks_;
  WebhookWriter webhooks_;
  AdvanceRide ride_;
  Sweeper sweeper_;
  Worker writer_;
  Checkpointer checkpointer_;
  SearchWriter search_;
  AppendTransaction append_transaction_;

  // Any thread.
  CommitSignal commits_;
  AppendWriter append_writer_;
  ReaderPool pool_;
  Engine engine_;

  // Each its shard's.
  std::vector<std::unique_ptr<ShardPorts>> shards_;
  bool is_running_ = false;
};

/// Whoever notices first that durability is lost says so; nobody says it twice.
std::function<void()> once(std::function<void()> call) {
  return [call = std::move(call), is_called = std::make_shared<std::atomic<bool>>(false)] {
    if (!is_called->exchange(true) && call) call();
  };
}

std::unique_ptr<DirectoryLock> lock_for(const SqliteOptions& options) {
  return options.use == Use::serve ? std::make_unique<DirectoryLock>(options.path) : nullptr;
}

std::unique_ptr<Connection> open_checked(const SqliteOptions& options) {
  auto connection = open_connection(options.path, Access::write, options.writer_cache_bytes);
  require_schema(*connection, options.path);
  return connection;
}

SqliteDatabase::SqliteDatabase(SqliteOptions options, telemetry::Log& log, telemetry::Metrics& metrics,
                               std::function<void()> on_fatal)
    : options_(std::move(options)),
      lock_(lock_for(options_)),
      connection_(open_checked(options_)),
      tables_(*connection_),
      catalogue_(*connection_, tables_, clock_),
      sessions_(*connection_),
      sinks_(*connection_, clock_),
      webhooks_(*connection_, clock_),
      ride_(*connection_, sinks_, on_fatal),
      sweeper_(*connection_, tables_, ids_),
      writer_(1),
      checkpointer_(*connection_, writer_, log, on_fatal),
      search_(*connection_, checkpointer_),
      append_transaction_(*connection_, tables_, clock_, ids_, ride_, checkpointer_),
      append_writer_(writer_.loop(), {&append_transaction_}, options_.gathering, log, metrics, on_fatal,
                     &commits_),
      pool_(options_.path, options_.reader_threads, options_.reader_cache_bytes),
      engine_{.append_writer = append_writer_,
              .commits = commits_,
              .writer = writer_,
              .catalogue = catalogue_,
              .sessions = sessions_,
              .sweeper = sweeper_,
              .search = search_,
              .sinks = sinks_,
              .webhooks = webhooks_,
              .ride = ride_,
              .pool = pool_,
              .on_fatal = on_fatal} {
  if (lock_) sinks_.end_all_leases();
}

Ports SqliteDatabase::open_ports(LongReads journal_reads) {
  XZEPR_ASSERT(!is_running_);
  return shards_
      .emplace_back(
          std::make_unique<ShardPorts>(engine_, options_.path, options_.reader_cache_bytes, journal_reads))
      ->ports();
}

void SqliteDatabase::start() {
  is_running_ = true;
  writer_.start();
  pool_.start();
}

void SqliteDatabase::stop() {
  if (!std::exchange(is_running_, false)) return;
  append_writer_.stop(Deadline::after(stop_patience));
  pool_.stop();
  writer_.stop();
}

}  // namespace

std::unique_ptr<Database> make_sqlite_database(SqliteOptions options, telemetry::Log& log,
                                               telemetry::Metrics& metrics, std::function<void()> on_fatal) {
  return std::make_unique<SqliteDatabase>(std::move(options), log, metrics, once(std::move(on_fatal)));
}

}  // namespace xzepr::store::sqlite

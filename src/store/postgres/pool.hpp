// The connections of one shard, or of one writer lane: opened on demand up to a maximum, kept at a minimum,
// replaced when they break. Use on its loop only.
#pragma once

#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/connector.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::store::postgres {

struct PoolOptions {
  SessionKind kind = SessionKind::read;
  std::size_t connections_max = 1;
  std::size_t connections_min = 1;
  std::chrono::milliseconds acquire_timeout{30'000};
  telemetry::Gauge open;  ///< connections, of all pools that share it
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(asio::io_context& loop, Connector& connector, PoolOptions options, telemetry::Log& log);
  ~Pool();

  /// Opens the minimum. Any thread, before the loop runs or while it does.
  void start();
  /// Closes all; whoever waits gets a PgFault. Any thread; the loop must still run. Ready when it is done.
  std::future<void> stop();

  /// The connection with least in flight; it may be shared. Throws PgFault when none is to be had in time,
  /// and soon when the server is known to be away.
  [[nodiscard]] Task<std::shared_ptr<Connection>> acquire(Deadline deadline);

  /// A read: tried once more when the connection broke under it.
  [[nodiscard]] Task<Replies> read(Exchange exchange, Deadline deadline);
  [[nodiscard]] Task<Rows> read(const Statement& statement, Params params, Deadline deadline);
  /// Planned for these very values.
  [[nodiscard]] Task<Rows> read_planned(PlannedQuery query, Deadline deadline);

  [[nodiscard]] std::size_t size() const { return connections_.size(); }

 private:
  using Acquired = std::variant<std::monostate, std::shared_ptr<Connection>, PgFault>;
  struct Waiter {
    Resume<Acquired> resume;
    Deadline deadline;
  };

  [[nodiscard]] std::shared_ptr<Connection> pick() const;
  [[nodiscard]] bool may_open() const;
  void open_one();
  void opened(Connector::Opened result);
  void open_failed(const std::string& why);
  void lost(const Connection* which);
  void serve_waiters();
  void refuse_waiters(const PgFault& fault);
  void refill();
  void tick();
  void arm();
  void expire(Deadline::Clock::time_point now);
  void shrink(Deadline::Clock::time_point now);
  void close_all();

  struct Timers;
  asio::io_context& loop_;
  Connector& connector_;
  PoolOptions options_;
  telemetry::Log& log_;
  std::unique_ptr<Timers> timers_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::deque<Waiter> waiters_;
  std::size_t opening_ = 0;
  std::size_t failures_ = 0;  // in a row; 0 when the server was last seen alive
  std::string last_failure_;
  Deadline::Clock::time_point busy_at_{};  // when more than the minimum was last needed
  bool is_stopped_ = false;
};

}  // namespace xzepr::store::postgres

#include "store/postgres/pool.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>

namespace xzepr::store::postgres {
namespace {

using namespace std::chrono_literals;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::size_t in_flight_max = 32;     // on one connection, before others must wait
constexpr std::size_t in_flight_to_grow = 4;  // on the least busy one, before another is opened
constexpr auto tick_interval = 100ms;
constexpr auto backoff_min = 50ms, backoff_max = 1000ms;
constexpr auto idle_before_shrink = 60s;
constexpr auto patience_when_down = 1s;  // while the server is known to be away

std::chrono::milliseconds backoff(std::size_t failures) {
  const auto doubled = backoff_min * (1LL << std::min<std::size_t>(failures, 6));
  return std::min<std::chrono::milliseconds>(doubled, backoff_max);
}

PgFault no_connection(std::string_view why) {
  return {Fault::Kind::unavailable, fmt::format("PostgreSQL: no connection: {}", why), "",
          PgFault::Connection::lost};
}

}  // namespace

struct Pool::Timers {
  explicit Timers(asio::io_context& loop) : tick(loop.get_executor()), retry(loop.get_executor()) {}
  Timer tick;
  Timer retry;
  bool is_ticking = false;
  bool is_retrying = false;
};

Pool::Pool(asio::io_context& loop, Connector& connector, PoolOptions options, telemetry::Log& log)
    : loop_(loop),
      connector_(connector),
      options_(options),
      log_(log),
      timers_(std::make_unique<Timers>(loop)) {}

Pool::~Pool() = default;

void Pool::start() {
  asio::post(loop_, [self = shared_from_this()] { self->refill(); });
}

std::future<void> Pool::stop() {
  auto promise = std::make_shared<std::promise<void>>();
  asio::post(loop_, [self = shared_from_this(), promise] {
    self->close_all();
    promise->set_value();
  });
  return promise->get_future();
}

void Pool::close_all() {
  is_stopped_ = true;
  timers_->tick.cancel();
  timers_->retry.cancel();
  for (const auto& connection : std::exchange(connections_, {})) connection->close("the store is closing");
  refuse_waiters(no_connection("the store is closing"));
}

std::shared_ptr<Connection> Pool::pick() const {
  const auto least =
      std::ranges::min_element(connections_, {}, [](const auto& one) { return one->in_flight(); });
  if (least == connections_.end() || (*least)->in_flight() >= in_flight_max) return nullptr;
  return *least;
}

bool Pool::may_open() const {
  return !is_stopped_ && opening_ == 0 && connections_.size() < options_.connections_max && failures_ == 0;
}

Task<std::shared_ptr<Connection>> Pool::acquire(Deadline deadline) {
  auto connection = pick();
  if (connection) {
    if (connection->in_flight() >= in_flight_to_grow) {
      busy_at_ = Deadline::Clock::now();
      if (may_open()) open_one();
    }
    arm();
    co_return connection;
  }
  if (is_stopped_) throw no_connection("the store is closing");
  if (may_open()) open_one();
  const auto patience =
      failures_ > 0 ? std::chrono::milliseconds(patience_when_down) : options_.acquire_timeout;
  const Deadline until(std::min(deadline.at(), Deadline::after(patience).at()));
  const auto self = shared_from_this();
  auto acquired = co_await suspend<Acquired>([&self, until](Resume<Acquired> resume) {
    self->waiters_.push_back({std::move(resume), until});
    self->arm();
  });
  if (auto* fault = std::get_if<PgFault>(&acquired)) throw PgFault(std::move(*fault));
  co_return std::move(std::get<std::shared_ptr<Connection>>(acquired));
}

Task<Replies> Pool::read(Exchange exchange, Deadline deadline) {
  for (bool is_first = true;; is_first = false) {
    const auto connection = co_await acquire(deadline);
    try {
      auto replies = co_await connection->run(exchange, deadline);
      if (!waiters_.empty()) serve_waiters();
      co_return replies;
    } catch (const PgFault& fault) {
      const bool is_worth_it = fault.is_connection_lost() || fault.is_stale_statement();
      if (!is_first || !is_worth_it || deadline.has_passed()) throw;
      if (fault.is_stale_statement()) connection->close("its statements are stale");
    }
  }
}

Task<Rows> Pool::read(const Statement& statement, Params params, Deadline deadline) {
  Exchange exchange(1);
  exchange[0].statement = &statement;
  exchange[0].params = std::move(params);
  auto replies = co_await read(std::move(exchange), deadline);
  co_return std::move(replies[0]);
}

Task<Rows> Pool::read_planned(PlannedQuery query, Deadline deadline) {
  Exchange exchange(1);
  exchange[0].sql = std::move(query.sql);
  exchange[0].params = std::move(query.params);
  auto replies = co_await read(std::move(exchange), deadline);
  co_return std::move(replies[0]);
}

void Pool::open_one() {
  ++opening_;
  connector_.open(options_.kind, [self = shared_from_this()](Connector::Opened result) {
    asio::post(self->loop_,
               [self, result = std::move(result)]() mutable { self->opened(std::move(result)); });
  });
}

void Pool::opened(Connector::Opened result) {
  --opening_;
  if (is_stopped_) return;
  if (auto* why = std::get_if<std::string>(&result)) return open_failed(*why);
  if (failures_ > 0) log_.info(log_target, "PostgreSQL is back");
  failures_ = 0;
  const auto self = weak_from_this();
  auto connection = std::make_shared<Connection>(loop_, std::move(std::get<ConnectionHandle>(result)));
  connection->start([self, which = connection.get()] {
    if (const auto pool = self.lock()) pool->lost(which);
  });
  connections_.push_back(std::move(connection));
  options_.open.add(1);
  busy_at_ = Deadline::Clock::now();
  serve_waiters();
  refill();
}

void Pool::open_failed(const std::string& why) {
  if (failures_ == 0)
    log_.warn(log_target, "cannot connect to PostgreSQL", {{"error", std::string_view(why)}});
  ++failures_;
  last_failure_ = why;
  // Those who wait keep at most the patience of those who come now.
  const auto until = Deadline::after(patience_when_down);
  for (auto& waiter : waiters_) {
    if (until.at() < waiter.deadline.at()) waiter.deadline = until;
  }
  timers_->is_retrying = true;
  timers_->retry.expires_after(backoff(failures_));
  timers_->retry.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->timers_->is_retrying = false;
    if (!error && !self->is_stopped_ && self->opening_ == 0) self->open_one();
  });
}

void Pool::lost(const Connection* which) {
  options_.open.add(-1);
  std::erase_if(connections_, [which](const auto& one) { return one.get() == which; });
  refill();
}

void Pool::refill() {
  if (is_stopped_ || opening_ > 0 || timers_->is_retrying) return;
  const bool is_short = connections_.size() < options_.connections_min;
  const bool is_wanted = !waiters_.empty() && connections_.size() < options_.connections_max;
  if (is_short || is_wanted) open_one();
}

void Pool::serve_waiters() {
  while (!waiters_.empty()) {
    auto connection = pick();
    if (!connection) return;
    auto waiter = std::move(waiters_.front());
    waiters_.pop_front();
    waiter.resume(std::move(connection));
  }
}

void Pool::refuse_waiters(const PgFault& fault) {
  for (auto& waiter : std::exchange(waiters_, {})) waiter.resume(fault);
}

void Pool::arm() {
  if (timers_->is_ticking || is_stopped_) return;
  timers_->is_ticking = true;
  timers_->tick.expires_after(tick_interval);
  timers_->tick.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->timers_->is_ticking = false;
    if (!error && !self->is_stopped_) self->tick();
  });
}

void Pool::tick() {
  const auto now = Deadline::Clock::now();
  expire(now);
  serve_waiters();
  shrink(now);
  const bool is_busy =
      std::ranges::any_of(connections_, [](const auto& one) { return one->in_flight() > 0; });
  if (is_busy || !waiters_.empty() || connections_.size() > options_.connections_min) arm();
}

void Pool::expire(Deadline::Clock::time_point now) {
  const auto connections = connections_;  // an expired one may be lost and leave the list
  for (const auto& connection : connections) connection->expire(now);
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    if (waiter->deadline.at() > now) {
      ++waiter;
      continue;
    }
    waiter->resume(no_connection(failures_ > 0 ? last_failure_ : "all are busy"));
    waiter = waiters_.erase(waiter);
  }
}

void Pool::shrink(Deadline::Clock::time_point now) {
  if (connections_.size() <= options_.connections_min || now - busy_at_ < idle_before_shrink) return;
  const auto idle = std::ranges::find_if(connections_, [](const auto& one) { return one->in_flight() == 0; });
  if (idle == connections_.end()) return;
  busy_at_ = now;
  const auto connection = *idle;
  connection->close("no longer needed");
}

}  // namespace xzepr::store::postgres

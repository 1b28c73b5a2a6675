#include "store/postgres/connection.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "base/assert.hpp"

namespace xzepr::store::postgres {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

// How long after its deadline an exchange may hold up those behind it before the connection is given up.
constexpr std::chrono::seconds stall_max{5};

PgFault out_of_time() {
  return {Fault::Kind::unavailable, "PostgreSQL: no answer in time", "", PgFault::Connection::usable};
}

}  // namespace

// A descriptor of our own for the same socket: libpq closes its own as soon as the server is gone, and by the
// time Asio lets go of that number it may already be another thread's connection.
struct Connection::Socket {
  Socket(asio::io_context& loop, int descriptor)
      : stream(loop.get_executor(), ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)) {}
  void close() {
    boost::system::error_code ignored;
    stream.close(ignored);
  }
  Descriptor stream;
};

void ConnectionCloser::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

Connection::Connection(asio::io_context& loop, ConnectionHandle handle)
    : socket_(std::make_unique<Socket>(loop, PQsocket(handle.get()))), handle_(std::move(handle)) {}

Connection::~Connection() { socket_->close(); }

void Connection::start(std::function<void()> on_lost) {
  on_lost_ = std::move(on_lost);
  watch_readable();
}

Task<Replies> Connection::run(Exchange exchange, Deadline deadline) {
  const auto self = shared_from_this();
  auto outcome = co_await suspend<Outcome>([&self, &exchange, deadline](Resume<Outcome> resume) {
    Flight flight{.resume = std::move(resume), .deadline = deadline, .commands = {}, .is_prepare = {}};
    self->send(exchange, std::move(flight));
  });
  if (auto* fault = std::get_if<PgFault>(&outcome)) throw PgFault(std::move(*fault));
  co_return std::move(std::get<Replies>(outcome));
}

void Connection::send(Exchange& exchange, Flight flight) {
  if (!is_open_) {
    flight.resume(connection_lost("the connection is closed"));
    return;
  }
  bool is_sent = true;
  for (const auto& call : exchange) is_sent = is_sent && send_call(call, flight);
  in_flight_.push_back(std::move(flight));
  if (!is_sent || PQpipelineSync(handle_.get()) != 1) {
    lose();
    return;
  }
  flush();
}

bool Connection::send_call(const Call& call, Flight& flight) {
  const auto add = [&flight](const Statement* statement, bool is_prepare) {
    flight.commands.push_back(statement);
    flight.is_prepare.push_back(is_prepare);
  };
  if (call.statement != nullptr && prepared_.try_emplace(call.statement, Preparation::sent).second) {
    if (PQsendPrepare(handle_.get(), call.statement->name, call.statement->sql, 0, nullptr) != 1)
      return false;
    add(call.statement, true);
  }
  call.params.render(values_, lengths_, formats_);
  const int count = static_cast<int>(values_.size());
  add(call.statement, false);
  constexpr int binary = 1;
  if (call.statement != nullptr) {
    return PQsendQueryPrepared(handle_.get(), call.statement->name, count, values_.data(), lengths_.data(),
                               formats_.data(), binary) == 1;
  }
  return PQsendQueryParams(handle_.get(), call.sql.c_str(), count, nullptr, values_.data(), lengths_.data(),
                           formats_.data(), binary) == 1;
}

void Connection::flush() {
  if (is_writing_) return;
  const int left = PQflush(handle_.get());
  if (left < 0) return lose();
  if (left > 0) watch_writable();
}

void Connection::watch_readable() {
  socket_->stream.async_wait(Descriptor::wait_read,
                             [self = shared_from_this()](const boost::system::error_code& error) {
                               if (error || !self->is_open_) return;
                               self->read();
                               if (self->is_open_) self->watch_readable();
                             });
}

void Connection::watch_writable() {
  is_writing_ = true;
  socket_->stream.async_wait(Descriptor::wait_write,
                             [self = shared_from_this()](const boost::system::error_code& error) {
                               self->is_writing_ = false;
                               if (error || !self->is_open_) return;
                               self->flush();
                             });
}

void Connection::read() {
  if (PQconsumeInput(handle_.get()) != 1) return lose();
  // A server that waits for us to read before it reads on would otherwise never take the rest.
  flush();
  while (is_open_ && !in_flight_.empty() && PQisBusy(handle_.get()) == 0) {
    ResultHandle result(PQgetResult(handle_.get()));
    if (result) {
      take_result(std::move(result));
    } else if (in_flight_.front().has_result) {
      end_command();
    } else {
      break;
    }
  }
  if (!is_open_) return;
  // Idle, this is where a shutdown of the server is noticed.
  if (in_flight_.empty()) (void)PQisBusy(handle_.get());
  if (PQstatus(handle_.get()) == CONNECTION_BAD) lose();
}

void Connection::take_result(ResultHandle result) {
  auto& flight = in_flight_.front();
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_PIPELINE_SYNC) return end_exchange();
  flight.has_result = true;
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
    const auto at = std::min(flight.at, flight.commands.size() - 1);
    if (flight.is_prepare[at]) {
      prepared_[flight.commands[at]] = Preparation::done;
    } else {
      flight.replies.emplace_back(std::move(result));
    }
    return;
  }
  // PGRES_PIPELINE_ABORTED follows the one that failed.
  if (!flight.fault && status == PGRES_FATAL_ERROR) flight.fault = fault_of(result.get());
}

void Connection::end_command() {
  auto& flight = in_flight_.front();
  flight.has_result = false;
  ++flight.at;
}

void Connection::end_exchange() {
  auto flight = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (flight.fault) {
    std::erase_if(prepared_, [&flight](const auto& entry) {
      return entry.second == Preparation::sent &&
             std::ranges::find(flight.commands, entry.first) != flight.commands.end();
    });
  }
  if (!flight.resume) return;
  if (flight.fault) {
    flight.resume(std::move(*flight.fault));
  } else {
    flight.resume(std::move(flight.replies));
  }
}

void Connection::lose() {
  const auto why = message_of(handle_.get());
  close(why.empty() ? "the connection was lost" : why);
}

void Connection::close(const std::string& why) {
  if (!is_open_) return;
  is_open_ = false;
  const auto self = weak_from_this().lock();  // on_lost may drop the last owner
  socket_->close();
  handle_.reset();
  auto flights = std::move(in_flight_);
  in_flight_.clear();
  for (auto& flight : flights) {
    if (flight.resume)
      flight.resume(flight.fault && flight.fault->is_connection_lost() ? std::move(*flight.fault)
                                                                       : connection_lost(why));
  }
  if (on_lost_) std::exchange(on_lost_, {})();
}

void Connection::expire(Deadline::Clock::time_point now) {
  for (auto& flight : in_flight_) {
    if (flight.resume && flight.deadline.at() <= now) {
      auto resume = std::move(flight.resume);
      flight.resume = {};
      resume(out_of_time());
    }
  }
  if (!in_flight_.empty() && in_flight_.front().deadline.at() + stall_max <= now)
    close("the server does not answer");
}

}  // namespace xzepr::store::postgres

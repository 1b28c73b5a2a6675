#include "http/connection.hpp"

#include <array>

#include <unistd.h>
#include <boost/system/system_error.hpp>

#include "base/assert.hpp"
#include "http/connection_socket.hpp"
#include "http/response_writer.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;
constexpr auto drain_grace = 250ms;  // a request already on its way when the drain begins is still served
constexpr auto linger_max = 1s;
constexpr std::size_t linger_bytes_max = 4 * 1'048'576;
constexpr std::size_t body_copy_max = 16'384;     // a larger answer is written from where it is
constexpr std::size_t output_bytes_max = 65'536;  // answers to pipelined requests gather up to here
constexpr std::size_t body_bytes_per_second_min = 1'024;

constexpr Refusal request_too_slow{408, "request_timeout", "the request did not arrive in time"};

constexpr std::string_view answer_to_http =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
    "49\r\nConnection: close\r\n"
    "\r\nthis port speaks HTTPS: begin the URL with https:\n";

Connection::Clock::duration seconds_for(std::size_t bytes, std::size_t bytes_per_second) {
  return std::chrono::milliseconds(bytes * 1'000 / bytes_per_second);
}

// Nobody looks at what is read here, so all connections of a thread may read into it at once.
asio::mutable_buffer discarding_buffer() {
  thread_local std::array<char, 16'384> scratch;
  return asio::buffer(scratch);
}

Connection::Clock::duration sweep_period_of(const ServerOptions& options) {
  const auto shortest = std::min({options.head_timeout, options.keep_alive_timeout, options.request_timeout,
                                  options.write_stall_timeout});
  return std::clamp<Connection::Clock::duration>(shortest / 4, 5ms, 250ms);
}

}  // namespace

// The body of the request that is being handled, as its handler sees it.
class Connection::Body final : public BodyStream {
 public:
  explicit Body(Connection& connection) : connection_(connection) {}

  Task<Part> next() override {
    if (std::exchange(is_begun_, true)) connection_.reader_.drop_part();
    return connection_.read_part();
  }
  Deadline deadline() const override { return Deadline::after(connection_.shard_->options.request_timeout); }

 private:
  Connection& connection_;
  bool is_begun_ = false;
};

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

ShardState::ShardState(Shard shard, const ServerOptions& server_options, telemetry::Log& to,
                       telemetry::Metrics& metrics_of)
    : loop(*shard.loop),
      application(*shard.application),
      options(server_options),
      log(to),
      metrics(metrics_of),
      sweep_period(sweep_period_of(server_options)),
      open_gauge(metrics_of.gauge("xzepr_http_connections", "Open connections.")),
      tasks(shard.loop->get_executor(), [&to](std::string_view name, const std::exception& what) {
        to.error("http", "a task ended by an exception", {{"task", name}, {"error", what.what()}});
      }) {
  sweep();
}

void ShardState::sweep() {
  coarse_now = Connection::Clock::now();
  date_line = make_date_line(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  for (auto* connection : connections) {
    if (connection->deadline() <= coarse_now) connection->on_deadline();
  }
}

void ShardState::drain() {
  is_draining = true;
  for (auto* connection : connections) connection->on_drain();
}

void ShardState::cut() {
  is_draining = true;
  for (auto* connection : connections) connection->cut();
  tasks.cancel();
}

Connection::Connection(std::shared_ptr<ShardState> shard, AcceptedSocket socket)
    : shard_(std::move(shard)),
      socket_(std::make_unique<Socket>(shard_->loop.get_executor())),
      place_(shard_->connections.insert(shard_->connections.end(), this)),
      peer_(std::move(socket.peer)) {
  shard_->open_gauge.add(1);
  boost::system::error_code error;
  socket_->assign(socket.is_v6 ? tcp::v6() : tcp::v4(), socket.descriptor.release(), error);
  if (!error) socket_->non_blocking(true, error);
  if (!error && shard_->options.certificate)
    socket_->channel.emplace(shard_->options.certificate->context(), socket_->native_handle());
  // A socket that failed here fails its first read, and that ends the connection in the ordinary way.
}

Connection::~Connection() {
  shard_->connections.erase(place_);
  shard_->open_gauge.add(-1);
  shard_->open_count.fetch_sub(1, std::memory_order_relaxed);
}

Task<> Connection::run(std::shared_ptr<Connection> self) {
  if (self->socket_->channel) {
    const bool is_greeted = co_await self->greet();
    if (!is_greeted) co_return;
  }
  const auto at_end = co_await self->serve();
  if (at_end == AtEnd::linger) co_await self->linger();
}

Task<bool> Connection::greet() {
  using enum SecureChannel::Outcome;
  deadline_ = coarse_after(shard_->options.head_timeout);
  auto outcome = socket_->channel->greet();
  while (outcome == wants_read || outcome == wants_write) {
    const auto what = outcome == wants_read ? Socket::wait_read : Socket::wait_write;
    const auto [error] = co_await socket_->async_wait(what, as_result);
    outcome = error ? failed : socket_->channel->greet();
  }
  if (outcome == done) co_return true;
  boost::system::error_code ignored;
  if (outcome == spoke_http) socket_->write_some(asio::buffer(answer_to_http), ignored);
  co_await linger();  // so that the alert or the answer arrives
  co_return false;
}

// Waiting first lets other connections have their turn; what the channel holds already needs no waiting.
Task<std::optional<std::size_t>> Connection::read_secure(std::span<char> into) {
  using enum SecureChannel::Outcome;
  auto& channel = *socket_->channel;
  auto moved = SecureChannel::Moved{.outcome = wants_read};
  if (channel.has_pending()) moved = channel.read(into);
  while (moved.outcome == wants_read || moved.outcome == wants_write) {
    const auto what = moved.outcome == wants_read ? Socket::wait_read : Socket::wait_write;
    const auto [error] = co_await socket_->async_wait(what, as_result);
    if (error) co_return std::nullopt;
    moved = channel.read(into);
  }
  if (moved.outcome != done) co_return std::nullopt;
  co_return moved.count;
}

Task<> Connection::turn_away(std::shared_ptr<Connection> self) {
  if (self->socket_->channel) co_return;  // a handshake would cost what the server does not have
  self->append_refusal({503, "unavailable", "the server has as many connections as it may"});
  const auto written = co_await self->write_rest();
  if (written == Written::all) co_await self->linger();
}

// No temporaries in the operands of co_await and one await per statement: g++ 12 destroys the former twice.
Task<Connection::AtEnd> Connection::serve() {
  for (;;) {
    auto step = reader_.advance();
    if (step == RequestReader::Step::head_complete) {
      accept_body();
      step = reader_.is_streamed() ? RequestReader::Step::request_complete : reader_.advance();
    }
    switch (step) {
      case RequestReader::Step::need_bytes: {
        append_continue();
        auto written = write_now();
        if (written == Written::blocked) written = co_await write_rest();
        if (written == Written::failed) co_return AtEnd::close;
        start_reading();
        const auto room = reader_.prepare();
        std::optional<std::size_t> received;
        if (socket_->channel) {
          received = co_await read_secure(room);
        } else {
          const auto into = asio::buffer(room.data(), room.size());
          const auto [error, count] = co_await socket_->async_read_some(into, as_result);
          if (!error) received = count;
        }
        if (received) {
          on_bytes(*received);
        } else if (!on_read_failed()) {
          co_return AtEnd::close;
        } else {
          co_return co_await write_last();
        }
        break;
      }
      case RequestReader::Step::head_complete: std::unreachable();
      case RequestReader::Step::request_complete: {
        Body body(*this);
        start_handling(body);
        Response response;
        std::exception_ptr escaped;
        Task<Response> answer = shard_->application.handle(reader_.request());
        try {
          response = co_await std::move(answer);
        } catch (...) {
          escaped = std::current_exception();
        }
        auto at_end = AtEnd::linger;
        if (escaped) response = on_escaped(escaped, at_end);
        if (at_end == AtEnd::close) co_return AtEnd::close;
        // A streamed body that was not read to its end: nobody knows where the next request starts.
        if (!reader_.is_complete()) response.must_close = true;
        const Lasting lasting{.stream = response.stream, .web_socket = response.web_socket};
        at_end = append_response(std::move(response));
        if (lasting.stream || lasting.web_socket) {
          const bool goes_on = co_await serve_lasting(lasting);
          if (!goes_on) co_return AtEnd::close;
        }
        if (at_end == AtEnd::linger || !large_body_.empty() || output_.size() > output_bytes_max) {
          const auto written = co_await write_rest();
          if (written == Written::failed) co_return AtEnd::close;
        }
        if (at_end == AtEnd::linger) co_return AtEnd::linger;
        next_request();
        break;
      }
      case RequestReader::Step::refused: {
        append_refusal(reader_.refusal());
        co_return co_await write_last();
      }
    }
  }
}

void Connection::next_request() {
  reader_.next();
  if (!reader_.is_idle()) request_started_ = Clock::now();
}

Connection::Clock::time_point Connection::coarse_after(Clock::duration duration) const {
  // The coarse clock may be one period behind; a time-out may come late, never early.
  return shard_->coarse_now + duration + shard_->sweep_period;
}

void Connection::start_reading() {
  if (reader_.is_idle()) {
    phase_ = Phase::idle;
    deadline_ = coarse_after(shard_->is_draining ? drain_grace : shard_->options.keep_alive_timeout);
  } else {
    phase_ = Phase::reading;
    deadline_ = reader_.is_in_body() ? body_deadline() : request_started_ + shard_->options.head_timeout;
  }
}

// Two bounds: a rate below which a body is an attack, and the time that any request has.
Connection::Clock::time_point Connection::body_deadline() const {
  const auto by_rate = body_started_ + shard_->options.head_timeout +
                       seconds_for(reader_.body_bytes_received(), body_bytes_per_second_min);
  return std::min(by_rate, request_started_ + shard_->options.request_timeout);
}

// Of a streamed body: the same rate, over the time that was spent waiting for it, and no long silence.
Connection::Clock::time_point Connection::part_deadline(Clock::time_point now) const {
  const auto by_rate = shard_->options.head_timeout +
                       seconds_for(reader_.body_bytes_received(), body_bytes_per_second_min) - body_waited_;
  return now + std::min<Clock::duration>(by_rate, shard_->options.head_timeout);
}

void Connection::on_bytes(std::size_t count) {
  is_timed_out_ = false;
  if (reader_.is_idle()) request_started_ = Clock::now();
  reader_.commit(count);
}

void Connection::accept_body() {
  if (reader_.framing().body == Framing::Body::none) return reader_.accept_body({.bytes_max = 0});
  const auto& request = reader_.request();
  body_started_ = Clock::now();
  body_waited_ = Clock::duration::zero();
  reader_.accept_body(shard_->application.body_rule(request.method, request.target));
}

// Said only when the body will be read and none of it has come: a client that did not wait needs no answer.
void Connection::append_continue() {
  if (!reader_.is_in_body() || !reader_.framing().expects_continue || reader_.body_bytes_received() > 0)
    return;
  if (std::exchange(is_continue_sent_, true)) return;
  output_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

// True when there is an answer to give.
bool Connection::on_read_failed() {
  if (!is_timed_out_ || phase_ == Phase::idle) return false;
  append_refusal(request_too_slow);
  return true;
}

void Connection::start_handling(BodyStream& body) {
  auto& request = reader_.request();
  request.peer = peer_;
  request.stream = reader_.is_streamed() ? &body : nullptr;
  request.deadline = Deadline(request_started_ + shard_->options.request_timeout);
  enter_handling();
  is_continue_sent_ = false;
  if (!output_.empty()) promise_flush();
}

void Connection::enter_handling() {
  phase_ = Phase::handling;
  deadline_ = Clock::time_point::max();
}

// Throws when the client is gone: then there is nobody to answer.
Task<Connection::Part> Connection::read_part() {
  for (;;) {
    switch (reader_.advance()) {
      case RequestReader::Step::need_bytes: break;
      case RequestReader::Step::request_complete: co_return reader_.part();
      case RequestReader::Step::refused: co_return std::unexpected(reader_.refusal());
      case RequestReader::Step::head_complete: std::unreachable();
    }
    if (!reader_.part().empty()) co_return reader_.part();
    append_continue();
    auto written = write_now();
    if (written == Written::blocked) written = co_await write_rest();
    const auto waits_from = Clock::now();
    phase_ = Phase::reading;
    deadline_ = part_deadline(waits_from);
    const auto room = reader_.prepare();
    std::optional<std::size_t> received;
    if (socket_->channel) {
      received = co_await read_secure(room);
    } else {
      const auto into = asio::buffer(room.data(), room.size());
      const auto [error, count] = co_await socket_->async_read_some(into, as_result);
      if (!error) received = count;
    }
    enter_handling();
    body_waited_ += Clock::now() - waits_from;
    if (!received && is_timed_out_) co_return std::unexpected(request_too_slow);
    if (!received) throw boost::system::system_error(asio::error::operation_aborted);
    is_timed_out_ = false;
    reader_.commit(*received);
  }
}

// Answers to pipelined requests wait for one another so that they leave in one write. When the present
// handler takes its time, they must not wait for it: this runs as soon as the loop gets its turn.
void Connection::promise_flush() {
  if (std::exchange(is_flush_promised_, true)) return;
  asio::post(shard_->loop.get_executor(), [self = shared_from_this()] {
    self->is_flush_promised_ = false;
    if (self->phase_ == Phase::handling) (void)self->write_now();
  });
}

Response Connection::on_escaped(const std::exception_ptr& escaped, AtEnd& at_end) {
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    const auto* system_error = dynamic_cast<const boost::system::system_error*>(&error);
    if (system_error != nullptr && system_error->code() == asio::error::operation_aborted) {
      at_end = AtEnd::close;  // cut on purpose
    } else {
      shard_->log.error("http", "a handler ended by an exception", {{"error", error.what()}});
    }
  }
  return {.status = 500, .content_type = "", .must_close = true};
}

Connection::AtEnd Connection::append_response(Response&& response) {
  const auto& framing = reader_.framing();
  const bool is_kept = framing.is_keep_alive && !response.must_close && !shard_->is_draining;
  const auto kept = framing.is_version_1_0 ? AfterResponse::keep_alive_1_0 : AfterResponse::keep_alive;
  if (response.stream) return append_stream_head(response, is_kept && !framing.is_version_1_0);
  append_head(output_, response, is_kept ? kept : AfterResponse::close, shard_->date_line);
  if (has_body(response, reader_.request().method)) {
    if (response.body.size() <= body_copy_max) {
      output_ += response.body;
    } else {
      large_body_ = std::move(response.body);
    }
  }
  return is_kept ? AtEnd::close : AtEnd::linger;
}

void Connection::append_refusal(const Refusal& refusal) {
  const auto status = fmt::format_int(refusal.status);
  const std::string_view status_text(status.data(), status.size());
  shard_->metrics
      .counter("xzepr_http_protocol_errors_total",
               "Input that is no request, by the status it was answered with.", {{"status", status_text}})
      .add();
  shard_->log.debug("http", "refused",
                    {{"status", std::int64_t{refusal.status}}, {"detail", refusal.detail}, {"peer", peer_}});
  auto response = shard_->application.protocol_error(refusal.status, refusal.code, refusal.detail);
  if (refusal.status == 405) response.set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (refusal.status == 503) response.set("Retry-After", "1");
  append_head(output_, response, AfterResponse::close, shard_->date_line);
  if (has_body(response, reader_.request().method)) output_ += response.body;
}

// Tried without waiting first: nearly always the kernel takes all of it.
Connection::Written Connection::write_now() {
  const std::size_t size = output_.size() + large_body_.size();
  boost::system::error_code error;
  while (written_ < size) {
    const std::size_t from_body = written_ - std::min(written_, output_.size());
    written_ +=
        socket_->write_now(asio::buffer(output_) + written_, asio::buffer(large_body_) + from_body, error);
    if (error == asio::error::would_block || error == asio::error::try_again) return Written::blocked;
    if (error) return Written::failed;
  }
  written_ = 0;
  output_.clear();
  if (output_.capacity() > output_bytes_max) output_.shrink_to_fit();
  if (!large_body_.empty()) large_body_ = {};
  return Written::all;
}

Task<Connection::Written> Connection::write_rest() {
  auto written = write_now();
  while (written == Written::blocked) {
    phase_ = Phase::writing;
    deadline_ = coarse_after(shard_->options.write_stall_timeout);
    const auto [error] = co_await socket_->async_wait(Socket::wait_write, as_result);
    written = error ? Written::failed : write_now();
  }
  co_return written;
}

Task<Connection::AtEnd> Connection::write_last() {
  const auto written = co_await write_rest();
  co_return written == Written::all ? AtEnd::linger : AtEnd::close;
}

// Closing with unread bytes in the kernel would reset the connection and could take the answer with it. So:
// say that nothing more comes, and read what still arrives, within bounds.
Task<> Connection::linger() {
  boost::system::error_code ignored;
  if (socket_->channel) socket_->channel->end();
  socket_->shutdown(Socket::shutdown_send, ignored);
  phase_ = Phase::lingering;
  deadline_ = coarse_after(linger_max);
  for (std::size_t discarded = 0; discarded < linger_bytes_max;) {
    const auto into = discarding_buffer();
    const auto [error, count] = co_await socket_->async_read_some(into, as_result);
    if (error) co_return;
    discarded += count;
  }
}

void Connection::on_deadline() {
  boost::system::error_code ignored;
  deadline_ = Clock::time_point::max();
  if (phase_ == Phase::reading) {
    is_timed_out_ = true;
    socket_->cancel(ignored);
  } else {
    socket_->close(ignored);
  }
}

void Connection::on_drain() {
  if (phase_ == Phase::idle) deadline_ = coarse_after(drain_grace);
  if (stream_) stream_->stop();
  if (web_socket_) web_socket_->stop();
}

void Connection::cut() {
  boost::system::error_code ignored;
  socket_->close(ignored);
}

}  // namespace xzepr::http

// The part of a connection that goes on as a WebSocket: one coroutine writes what the session says, another
// reads what the client says.
#include "http/connection_socket.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;

constexpr auto silence_max = 60s;           // three pings without a sign of life
constexpr auto close_patience = 1s;         // for the client's half of a close
constexpr std::size_t frames_room = 4'096;  // bytes of one read

constexpr std::size_t pending_max = 65'536;  // no pong is added to more that the client does not take

}  // namespace

Task<> Connection::serve_web_socket(std::shared_ptr<WebSocketSession> session) {
  web_socket_ = session;
  heard_at_ = Clock::now();
  shard_->tasks.spawn("websocket", read_frames(shared_from_this(), session));
  if (shard_->is_draining) session->stop();
  bool is_open = true;
  while (is_open) {
    auto written = write_now();
    if (written == Written::blocked) written = co_await write_rest();
    if (written == Written::failed || !web_socket_) break;
    enter_handling();
    auto next = session->next();
    const WebSocketOutput output = co_await std::move(next);
    if (closing_) {
      append_close_frame(output_, closing_->code, closing_->reason);
      is_open = false;
    } else if (output.kind == WebSocketOutput::Kind::ping && Clock::now() - heard_at_ > silence_max) {
      break;
    } else {
      append_output(output);
      is_open = output.kind != WebSocketOutput::Kind::close;
    }
  }
  session->stop();
  if (!is_open) (void)co_await write_rest();
  // The reader holds the connection until the client has said its close, or for a moment.
  boost::system::error_code ignored;
  if (socket_->channel) socket_->channel->end();
  socket_->shutdown(Socket::shutdown_send, ignored);
  phase_ = Phase::lingering;
  deadline_ = coarse_after(web_socket_ ? Clock::duration(close_patience) : Clock::duration(0));
}

void Connection::append_output(const WebSocketOutput& output) {
  switch (output.kind) {
    case WebSocketOutput::Kind::text: append_frame(output_, Opcode::text, output.text); break;
    case WebSocketOutput::Kind::ping: append_frame(output_, Opcode::ping, output.text); break;
    case WebSocketOutput::Kind::close: append_close_frame(output_, output.code, output.text); break;
  }
}

Task<std::optional<std::size_t>> Connection::read_some(std::span<char> into) {
  if (socket_->channel) co_return co_await read_secure(into);
  const auto buffer = asio::buffer(into.data(), into.size());
  const auto [error, count] = co_await socket_->async_read_some(buffer, as_result);
  if (error) co_return std::nullopt;
  co_return count;
}

Task<> Connection::read_frames(std::shared_ptr<Connection> self, std::shared_ptr<WebSocketSession> session) {
  FrameReader frames;
  std::array<char, frames_room> room{};
  for (;;) {
    const auto received = co_await self->read_some(room);
    if (!received) break;
    self->heard_at_ = Clock::now();
    if (self->closing_ || self->phase_ == Phase::lingering) continue;  // whatever comes now is late
    frames.append({room.data(), *received});
    self->on_frames(frames, *session);
  }
  self->web_socket_.reset();
  session->stop();
}

// A pong waits behind what is being written; of many pings the last is answered (section 5.5.3).
void Connection::on_frames(FrameReader& frames, WebSocketSession& session) {
  using enum FrameReader::Event;
  std::optional<std::string> heard_ping;
  for (auto event = frames.next(); event != need_bytes && !closing_; event = frames.next()) {
    if (event == ping) heard_ping = frames.payload();
    if (event == text) closing_ = session.on_text(frames.payload());
    if (event == close || event == failed)
      closing_ = WebSocketClose{.code = frames.code(), .reason = std::string(frames.payload())};
    if (event == close || event == failed) break;
  }
  if (heard_ping && !closing_ && output_.size() < pending_max) {
    append_frame(output_, Opcode::pong, *heard_ping);
    if (phase_ == Phase::handling) (void)write_now();
  }
  if (closing_) session.stop();
}

}  // namespace xzepr::http

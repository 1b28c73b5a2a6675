// The part of a connection that writes an answer bit by bit.
#include "http/connection_socket.hpp"
#include "http/response_writer.hpp"

namespace xzepr::http {
namespace {

// Ends the connection's stream on every way out.
class StreamGuard {
 public:
  StreamGuard(std::shared_ptr<ResponseStream>& place, std::shared_ptr<ResponseStream> stream)
      : place_(place) {
    place_ = std::move(stream);
  }
  StreamGuard(const StreamGuard&) = delete;
  StreamGuard& operator=(const StreamGuard&) = delete;
  ~StreamGuard() { place_.reset(); }

 private:
  std::shared_ptr<ResponseStream>& place_;
};

}  // namespace

Connection::AtEnd Connection::append_stream_head(const Response& response, bool is_kept) {
  // Its end may be far, and nobody may send a second request by then: chunks say where it is.
  is_chunked_ = !reader_.framing().is_version_1_0;
  append_head(output_, response, is_chunked_ ? AfterResponse::keep_alive : AfterResponse::close,
              shard_->date_line);
  if (reader_.request().method == Method::head) response.stream->stop();
  return is_kept ? AtEnd::close : AtEnd::linger;
}

Task<bool> Connection::serve_lasting(Lasting lasting) {
  if (lasting.stream) co_return co_await write_stream(std::move(lasting.stream));
  co_await serve_web_socket(std::move(lasting.web_socket));
  co_return false;
}

Task<bool> Connection::write_stream(std::shared_ptr<ResponseStream> stream) {
  const StreamGuard guard(stream_, stream);
  const bool has_content = reader_.request().method != Method::head;
  if (shard_->is_draining) stream->stop();
  watch_for_end();
  for (;;) {
    auto written = write_now();
    if (written == Written::blocked) written = co_await write_rest();
    if (written == Written::failed) co_return false;
    enter_handling();
    auto next = stream->next();
    const std::string bytes = co_await std::move(next);
    if (is_chunked_ && has_content) {
      append_chunk(output_, bytes);
    } else {
      output_ += bytes;
    }
    if (bytes.empty()) co_return true;
  }
}

// A client that leaves is noticed when it does, not when the next bytes cannot be written. One that sends
// more is heard after the stream.
void Connection::watch_for_end() {
  socket_->async_wait(Socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
    if (!self->stream_) return;
    char byte = 0;
    boost::system::error_code peeked;
    const auto count =
        error ? 0 : self->socket_->receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, peeked);
    if (count == 0) self->stream_->stop();
  });
}

}  // namespace xzepr::http

// HTTP/1.1 over TCP: strict framing (RFC 9112), keep-alive, pipelining one request at a time, deadlines and
// limits. One acceptor hands sockets to the shards in turn; a connection lives and dies on one shard.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/task.hpp"
#include "http/message.hpp"
#include "http/tls.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::http {

/// What the server serves. One object per shard, called on that shard only.
class Application {
 public:
  virtual ~Application() = default;
  /// Never throws for bad input. What escapes is logged and answered as a bare 500, and the connection
  /// closes.
  [[nodiscard]] virtual Task<Response> handle(Request& request) = 0;
  /// The largest body for this target and how it is read, decided after the head and before the body.
  [[nodiscard]] virtual BodyRule body_rule(Method method, std::string_view target) const = 0;
  /// The answer to what cannot be framed as a request (400, 408, 413, 414, 431, 501, 505): the connection
  /// closes after it.
  [[nodiscard]] virtual Response protocol_error(int status, std::string_view code,
                                                std::string_view detail) const = 0;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8042;                                    ///< 0: the system chooses
  std::shared_ptr<const TlsCertificate> certificate = nullptr;  ///< HTTPS when given, and nothing else
  std::size_t connections_max = limits::connections_max;
  std::chrono::steady_clock::duration head_timeout = limits::head_timeout;
  std::chrono::steady_clock::duration request_timeout = limits::request_timeout;
  std::chrono::steady_clock::duration keep_alive_timeout = limits::keep_alive_timeout;
  std::chrono::steady_clock::duration write_stall_timeout =
      std::chrono::seconds{30};  ///< a client that takes nothing for so long is cut
};

/// A shard as the server sees it.
struct Shard {
  asio::io_context* loop;
  Application* application;
};

/// The loops outlive it, and so do the applications until the loops have stopped.
class Server {
 public:
  /// Binds and listens. Fault::Kind::refused with one line that says what to do when the port is in use or
  /// the address is not ours.
  Server(ServerOptions options, std::vector<Shard> shards, telemetry::Log& log, telemetry::Metrics& metrics);
  /// As terminate().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Any thread.
  [[nodiscard]] std::uint16_t port() const;
  /// Starts to accept. Survives errors of accept: waits 50 ms and goes on.
  void start();
  /// Any thread: stops accepting and closes idle connections; requests in flight are finished and answered
  /// with `Connection: close`.
  void drain();
  /// Any thread: connections still open.
  [[nodiscard]] std::size_t connection_count() const;
  /// Any thread: cuts what is left.
  void terminate();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace xzepr::http

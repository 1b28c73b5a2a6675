// For tests: a Server with an echoing application on threads of its own, and a raw TCP client.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/task.hpp"
#include "http/server.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::http {

/// /talk is a WebSocket: it says hello, then each text in capitals, "bye" closes with 4000 and "flood" makes
/// it talk without an end. /count?N streams the numbers below N, a line each; /endless a line a millisecond
/// until it is stopped; /flood as much as is taken. /echo answers the body, /stream what it saw of a streamed
/// one; /slow after 100 ms; /wait when released; /large?N with N bytes; /throw throws; /empty is 204;
/// /headers lists the headers, one a line; anything else is answered with method, path and query.
class EchoApplication final : public Application {
 public:
  Task<Response> handle(Request& request) override;
  [[nodiscard]] BodyRule body_rule(Method method, std::string_view target) const override;
  [[nodiscard]] Response protocol_error(int status, std::string_view code,
                                        std::string_view detail) const override;

  std::atomic<int> handled = 0;
  std::atomic<int> streams = 0;  ///< that are not destroyed yet
  static std::atomic<bool> is_released;
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, std::size_t shard_count = 1);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server->port(); }
  [[nodiscard]] int handled() const;

  telemetry::Log log{telemetry::Level::error, telemetry::LogFormat::text};
  telemetry::Metrics metrics;
  std::vector<std::unique_ptr<EchoApplication>> applications;
  std::vector<std::unique_ptr<asio::io_context>> loops;
  std::unique_ptr<Server> server;

 private:
  std::vector<std::thread> threads_;
};

/// Blocks for at most 10 s, so that a hanging server fails a test instead of stopping it.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const TestServer& server) : RawClient(server.port()) {}
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool is_connected() const { return is_connected_; }
  /// False when the server does not take it any more.
  bool send(std::string_view bytes);
  void shutdown_send();
  /// One answer: head and as much body as Content-Length says (none when `has_body` is false). "" at the end.
  std::string receive(bool has_body = true);
  /// All until the server closes; "reset" is appended when it did not do so cleanly.
  std::string receive_all();
  /// What is there within that time, perhaps nothing.
  std::string receive_within(std::chrono::milliseconds time);

 private:
  bool fill(int timeout_ms);

  int socket_;
  bool is_connected_;
  bool is_reset_ = false;
  std::string buffer_;
};

/// A request line, with a Host, these header lines, and a body.
[[nodiscard]] std::string request(std::string_view line, std::string_view headers = "",
                                  std::string_view body = "");
/// What begins a WebSocket.
[[nodiscard]] std::string upgrade(std::string_view path = "/talk");
/// "HTTP/1.1 200".
[[nodiscard]] std::string status_of(const std::string& answer);
/// Waits at most 10 s.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace xzepr::http

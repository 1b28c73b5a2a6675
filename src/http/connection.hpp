// One connection from accept to close: the shell around RequestReader that reads, asks the application,
// writes, and keeps every wait bounded. Lives on one shard; nothing here is called from another thread,
// except where said.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <expected>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "base/task_group.hpp"
#include "http/frames.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"
#include "http/web_socket.hpp"

namespace xzepr::http {

class Connection;

/// An accepted socket on its way to its shard. Closed when nobody takes it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

struct AcceptedSocket {
  Descriptor descriptor;
  bool is_v6;
  std::string peer;
};

/// What the connections of one shard share.
struct ShardState {
  ShardState(Shard shard, const ServerOptions& server_options, telemetry::Log& to,
             telemetry::Metrics& metrics_of);

  /// Renews the coarse clock and the Date header, and ends what is over its time.
  void sweep();
  /// Idle connections end after a short grace, the others after their present request.
  void drain();
  /// Cuts every connection.
  void cut();

  // Constant after construction.
  asio::io_context& loop;
  Application& application;
  const ServerOptions options;
  telemetry::Log& log;
  telemetry::Metrics& metrics;
  const std::chrono::steady_clock::duration sweep_period;
  // Any thread.
  std::atomic<std::size_t> open_count = 0;  ///< raised by who accepts, lowered by ~Connection
  // This shard only.
  telemetry::Gauge open_gauge;
  TaskGroup tasks;
  std::list<Connection*> connections;
  std::chrono::steady_clock::time_point coarse_now;
  std::string date_line;
  bool is_draining = false;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(std::shared_ptr<ShardState> shard, AcceptedSocket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves requests until the connection ends, then closes it so that the client can read the last answer.
  static Task<> run(std::shared_ptr<Connection> self);
  /// Answers 503 without waiting for a request: the server is full.
  static Task<> turn_away(std::shared_ptr<Connection> self);

  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  void on_deadline();
  void on_drain();
  void cut();

 private:
  enum class Phase : std::uint8_t { idle, reading, handling, writing, lingering };
  class Body;
  using Part = std::expected<std::string_view, Refusal>;
  enum class Written : std::uint8_t { all, blocked, failed };
  enum class AtEnd : std::uint8_t { close, linger };
  struct Socket;

  Task<bool> greet();
  /// Nullopt when the connection is over or was cancelled.
  Task<std::optional<std::size_t>> read_secure(std::span<char> into);
  Task<AtEnd> serve();
  Task<Written> write_rest();
  Task<AtEnd> write_last();
  /// What goes on after the head of its answer. False when the connection ends with it.
  struct Lasting {
    std::shared_ptr<ResponseStream> stream;
    std::shared_ptr<WebSocketSession> web_socket;
  };
  Task<bool> serve_lasting(Lasting lasting);
  /// False when the client is gone, or takes nothing.
  Task<bool> write_stream(std::shared_ptr<ResponseStream> stream);
  void watch_for_end();
  /// Until the close frame is written, or the client is gone.
  Task<> serve_web_socket(std::shared_ptr<WebSocketSession> session);
  static Task<> read_frames(std::shared_ptr<Connection> self, std::shared_ptr<WebSocketSession> session);
  /// Nullopt at the end of what the client says.
  Task<std::optional<std::size_t>> read_some(std::span<char> into);
  void on_frames(FrameReader& frames, WebSocketSession& session);
  void append_output(const WebSocketOutput& output);
  Task<Part> read_part();
  Task<> linger();

  [[nodiscard]] Written write_now();
  void next_request();
  void start_reading();
  void on_bytes(std::size_t count);
  void accept_body();
  void append_continue();
  [[nodiscard]] bool on_read_failed();
  void start_handling(BodyStream& body);
  void enter_handling();
  void promise_flush();
  [[nodiscard]] Response on_escaped(const std::exception_ptr& escaped, AtEnd& at_end);
  [[nodiscard]] AtEnd append_response(Response&& response);
  [[nodiscard]] AtEnd append_stream_head(const Response& response, bool is_kept);
  void append_refusal(const Refusal& refusal);
  [[nodiscard]] Clock::time_point body_deadline() const;
  [[nodiscard]] Clock::time_point part_deadline(Clock::time_point now) const;
  [[nodiscard]] Clock::time_point coarse_after(Clock::duration duration) const;

  std::shared_ptr<ShardState> shard_;
  std::unique_ptr<Socket> socket_;
  std::list<Connection*>::iterator place_;
  std::string peer_;
  RequestReader reader_;

  std::string output_;      // answers not yet written
  std::string large_body_;  // written after output_, to spare a copy
  std::size_t written_ = 0;
  std::shared_ptr<ResponseStream> stream_;  // while its answer goes out
  bool is_chunked_ = false;
  std::shared_ptr<WebSocketSession> web_socket_;  // while it lasts
  std::optional<WebSocketClose> closing_;         // what this side still has to say
  Clock::time_point heard_at_;                    // of a WebSocket's client

  Phase phase_ = Phase::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point request_started_;
  Clock::time_point body_started_;
  Clock::duration body_waited_{0};  // of a streamed body, for its bytes
  bool is_timed_out_ = false;
  bool is_continue_sent_ = false;
  bool is_flush_promised_ = false;
};

}  // namespace xzepr::http

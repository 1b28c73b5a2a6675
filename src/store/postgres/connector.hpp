// Opens connections. Name resolution, TLS and password hashing block, so they run on one thread of its own,
// never on a shard; a connection that is handed over has its session settings and is in pipeline mode.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

#include "base/error.hpp"
#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

enum class SessionKind : std::uint8_t {
  read,       ///< lists are planned for their very values
  write,      ///< appends: fixed plans by key, a stall inside a transaction is cut after a second
  catalogue,  ///< rare transactions that may touch many rows
};

/// Blocking: connects and waits at most `timeout`, without session settings, for start-up and migrations.
/// Throws Fault, whose one line says what to do.
[[nodiscard]] ConnectionHandle connect_plainly(const std::string& url, std::chrono::milliseconds timeout);
/// The settings of such a session, as one SELECT.
[[nodiscard]] std::string settings_sql(SessionKind kind);
/// The URL without its password, for messages.
[[nodiscard]] std::string shown_url(const std::string& url);

class Connector {
 public:
  using Opened = std::variant<ConnectionHandle, std::string>;  // or why not, in one line
  using Done = std::move_only_function<void(Opened)>;

  Connector(std::string url, std::chrono::milliseconds timeout);
  /// Cuts an attempt that is under way; what waits is answered.
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  /// Any thread. `done` is called once, on the connector's thread.
  void open(SessionKind kind, Done done);

 private:
  struct Request {
    SessionKind kind;
    Done done;
  };
  void serve(const std::stop_token& stop);
  [[nodiscard]] Opened attempt(SessionKind kind, const std::stop_token& stop) const;

  const std::string url_;
  const std::chrono::milliseconds timeout_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Request> requests_;  // guarded by mutex_
  std::jthread thread_;           // last: starts when the rest is there, ends first
};

}  // namespace xzepr::store::postgres

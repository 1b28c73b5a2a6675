// One connection in libpq's pipeline mode, on the loop of one shard (or of the writer). Several exchanges may
// be in flight: each is a list of statements with one Sync of its own, answered in order. Whoever needs a
// transaction over several exchanges must have the connection for itself.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"
#include "store/postgres/fault.hpp"
#include "store/postgres/rows.hpp"

struct pg_conn;

namespace xzepr::store::postgres {

struct ConnectionCloser {
  void operator()(pg_conn* connection) const noexcept;
};
using ConnectionHandle = std::unique_ptr<pg_conn, ConnectionCloser>;

/// A statement that is prepared on a connection when it is first used there. Static storage; names are
/// unique.
struct Statement {
  const char* name;
  const char* sql;
};

struct Call {
  const Statement* statement = nullptr;
  std::string sql = {};  ///< when there is no statement: planned for these very values
  Params params = {};
};
[[nodiscard]] inline Call call_of(const Statement& statement) { return {.statement = &statement}; }
/// SQL that is planned for the very values it is sent with.
struct PlannedQuery {
  std::string sql;
  Params params;
};
using Exchange = std::vector<Call>;
using Replies = std::vector<Rows>;  // one per call

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// `handle`: connected, in pipeline mode, non-blocking.
  Connection(asio::io_context& loop, ConnectionHandle handle);
  ~Connection();
  /// Begins to listen. `on_lost` is called once, on the loop, when the connection breaks or is closed.
  void start(std::function<void()> on_lost);

  /// All statements up to the first that fails, whose PgFault is thrown. After a connection was lost nothing
  /// is known of statements that were sent. At the deadline: PgFault, and the exchange's connection must not
  /// be used for a transaction any more.
  [[nodiscard]] Task<Replies> run(Exchange exchange, Deadline deadline);

  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  /// Gives up what is out of time, and the connection itself when the server has not answered long after.
  void expire(Deadline::Clock::time_point now);
  /// Everything in flight fails with `why`. Idempotent.
  void close(const std::string& why);

 private:
  using Outcome = std::variant<std::monostate, Replies, PgFault>;
  struct Flight {
    Resume<Outcome> resume;  // empty once it was given up
    Deadline deadline;
    std::vector<const Statement*> commands;  // in the order sent; a repeated one first prepares it
    std::vector<bool> is_prepare;
    std::size_t at = 0;
    bool has_result = false;
    Replies replies = {};
    std::optional<PgFault> fault = std::nullopt;
  };
  enum class Preparation : std::uint8_t { sent, done };

  void send(Exchange& exchange, Flight flight);
  [[nodiscard]] bool send_call(const Call& call, Flight& flight);
  void flush();
  void watch_readable();
  void watch_writable();
  void read();
  void take_result(ResultHandle result);
  void end_command();
  void end_exchange();
  void lose();

  struct Socket;
  std::unique_ptr<Socket> socket_;
  ConnectionHandle handle_;
  std::function<void()> on_lost_;
  std::deque<Flight> in_flight_;
  std::unordered_map<const Statement*, Preparation> prepared_;
  bool is_open_ = true;
  bool is_writing_ = false;
  // Scratch space of send_call.
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace xzepr::store::postgres

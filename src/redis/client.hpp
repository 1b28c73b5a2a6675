// One connection to Redis, of one shard and used on that shard only. It never makes a caller wait: without a
// connection, with a full pipeline, or after `command_timeout`, there is no answer, and the caller does
// without.
//
// This is the circuit breaker too. Closed is a connection that answers. It opens when the connection breaks,
// when Redis answers with an error, or when three commands in a row have no answer in time; all that wait are
// then told so at once. After a pause (100 ms at first, twice as long each time, 2 s at most) it is half
// open: a connection is made and the probe is sent, in the background, and only an answer in time closes the
// circuit again. So no caller pays for a try.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "redis/address.hpp"
#include "redis/link.hpp"
#include "redis/reply.hpp"

namespace xzepr::redis {

struct ClientSettings {
  Address address;
  std::string ca_file = {};  ///< see Stream
  std::chrono::milliseconds command_timeout = std::chrono::milliseconds{20};
  std::size_t pipeline_max = 256;             ///< commands without an answer yet
  std::vector<std::string> probe = {"PING"};  ///< whose answer, when it is no error, shows that all is well
};

class Client {
 public:
  static constexpr int late_max = 3;  ///< answers in a row that may be late

  /// `link` must outlive this. Throws Fault when `ca_file` cannot be used.
  Client(asio::io_context& loop, ClientSettings settings, Link& link);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Connects, and again whenever the connection is lost. Ends when it is cancelled only; then every caller
  /// that waits is told that there is no answer. Runs once.
  [[nodiscard]] Task<> run();

  /// nullopt: no answer, and the command may or may not have been carried out. An error from Redis is no
  /// answer and ends the connection, but for one that begins with `expected_error` (static text), which is
  /// given out.
  [[nodiscard]] Task<std::optional<Reply>> call(std::span<const std::string_view> words,
                                                std::string_view expected_error = {});
  [[nodiscard]] bool is_up() const;
  /// Commands that were sent and have no answer yet, those that were given up included.
  [[nodiscard]] std::size_t waiting_count() const;
  /// Returns when the first try to connect has ended, well or not.
  [[nodiscard]] Task<> first_try();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::redis

// A Redis that is played, on the loop of the test: it says what the test wants, also what a real one never
// says.
#pragma once

#include <array>
#include <functional>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "base/task_group.hpp"
#include "redis/client.hpp"

namespace xzepr::redis {

class PlayedRedis {
 public:
  /// Gets the words of a command; gives the bytes to say, "" for none, `hang_up` to close.
  using Behaviour = std::function<std::string(const std::vector<Reply>& words)>;
  static constexpr auto hang_up = "hang up";

  PlayedRedis(asio::io_context& loop, TaskGroup& tasks, Behaviour plays)
      : behaviour(std::move(plays)),
        acceptor_(loop.get_executor(), {asio::ip::make_address("127.0.0.1"), 0}),
        tasks_(tasks) {
    tasks_.spawn("accept", accept());
  }

  [[nodiscard]] Address address() const {
    return {.host = "127.0.0.1", .port = acceptor_.local_endpoint().port()};
  }

  /// For each connection until it is cancelled.
  Task<> accept() {
    for (;;) {
      Socket socket(acceptor_.get_executor());
      co_await acceptor_.async_accept(socket, use_task);
      tasks_.spawn("play", play(std::move(socket)));
    }
  }

  Behaviour behaviour;

 private:
  using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

  Task<> play(Socket socket) {
    ReplyReader reader;
    std::array<char, 4'096> chunk{};
    for (;;) {
      const auto [error, count] =
          co_await socket.async_read_some(asio::buffer(chunk), asio::as_tuple(use_task));
      if (error) co_return;
      reader.feed({chunk.data(), count});
      for (auto command = reader.next(); command && *command; command = reader.next()) {
        const auto said = behaviour((*command)->elements);
        if (said == hang_up) co_return;
        co_await asio::async_write(socket, asio::buffer(said), asio::as_tuple(use_task));
      }
    }
  }

  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  TaskGroup& tasks_;
};

}  // namespace xzepr::redis

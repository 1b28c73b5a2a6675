#include "http/server.hpp"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/assert.hpp"
#include "base/error.hpp"
#include "http/connection.hpp"

namespace xzepr::http {
namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr auto accept_pause = 50ms;
constexpr int accepts_per_turn_max = 256;             // then the shard's connections get their turn
constexpr std::size_t turned_away_at_once_max = 256;  // beyond them a connection is closed without a word

constexpr auto as_result = asio::as_tuple(asio::deferred);

Fault cannot_listen(const ServerOptions& options, const boost::system::error_code& error) {
  const auto place = fmt::format("{}:{}", options.host, options.port);
  if (error == asio::error::address_in_use) {
    return {
        Fault::Kind::refused,
        fmt::format("cannot listen on {}: the port is in use; stop what uses it or set server.port", place)};
  }
  if (error == asio::error::access_denied) {
    return {Fault::Kind::refused,
            fmt::format("cannot listen on {}: not allowed; set server.port to 1024 or above", place)};
  }
  return {Fault::Kind::refused,
          fmt::format("cannot listen on {}: {}; set server.host to an address of this machine", place,
                      error.message())};
}

tcp::endpoint resolve(const ServerOptions& options, const Executor& executor) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (!error) return {address, options.port};
  asio::ip::basic_resolver<tcp, Executor> resolver(executor);
  const auto found =
      resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
  if (error) throw cannot_listen(options, error);
  return found.begin()->endpoint();
}

Acceptor listen(const ServerOptions& options, const Executor& executor) {
  const auto endpoint = resolve(options, executor);
  Acceptor acceptor(executor);
  try {
    acceptor.open(endpoint.protocol());
    acceptor.set_option(Acceptor::reuse_address(true));
    acceptor.set_option(tcp::no_delay(true));  // Linux hands it on to accepted sockets
    acceptor.non_blocking(true);
    acceptor.bind(endpoint);
    acceptor.listen(Acceptor::max_listen_connections);
  } catch (const boost::system::system_error& error) {
    throw cannot_listen(options, error.code());
  }
  return acceptor;
}

// An IPv4 client of a socket that listens on [::] is called by its IPv4 address.
std::string peer_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    const void* mapped = v6.s6_addr + 12;
    const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&v6);
    ::inet_ntop(is_mapped ? AF_INET : AF_INET6, is_mapped ? mapped : &v6, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text.data(), text.size());
  }
  return text.data();
}

enum class AfterAccept : std::uint8_t { go_on, wait_for_more, pause };

AfterAccept after_failed_accept(int error) {
  switch (error) {
    case EAGAIN: return AfterAccept::wait_for_more;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return AfterAccept::pause;
  }
  return AfterAccept::go_on;  // that connection is gone; the next one is not
}

// Ends when the server is terminated.
Task<> sweep_regularly(std::shared_ptr<ShardState> shard) {
  for (;;) {
    co_await sleep_for(shard->sweep_period);
    shard->sweep();
  }
}

void start_connection(const std::shared_ptr<ShardState>& shard, AcceptedSocket socket) {
  shard->tasks.spawn("connection", Connection::run(std::make_shared<Connection>(shard, std::move(socket))));
}

void turn_away(const std::shared_ptr<ShardState>& shard, AcceptedSocket socket) {
  shard->tasks.spawn("connection",
                     Connection::turn_away(std::make_shared<Connection>(shard, std::move(socket))));
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions with, const std::vector<Shard>& on, telemetry::Log& to, telemetry::Metrics& metrics)
      : options(std::move(with)),
        log(to),
        acceptor(listen(options, on.front().loop->get_executor())),
        port(acceptor.local_endpoint().port()) {
    for (const auto& shard : on) shards.push_back(std::make_shared<ShardState>(shard, options, to, metrics));
  }

  std::size_t count() const {
    std::size_t sum = 0;
    for (const auto& shard : shards) sum += shard->open_count.load(std::memory_order_relaxed);
    return sum;
  }

  static Task<> accept_connections(std::shared_ptr<Impl> impl);
  AfterAccept accept_waiting();
  AfterAccept accept_one();
  void hand_over(AcceptedSocket socket);

  // Constant after construction.
  const ServerOptions options;
  telemetry::Log& log;
  std::vector<std::shared_ptr<ShardState>> shards;
  // The first shard.
  Acceptor acceptor;
  const std::uint16_t port;  // any thread
  std::size_t next_shard = 0;
  bool is_stopping = false;
  bool is_pause_logged = false;
};

AfterAccept Server::Impl::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int number =
      ::accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC);
  if (number >= 0) {
    is_pause_logged = false;
    hand_over({.descriptor = Descriptor(number),
               .is_v6 = address.ss_family == AF_INET6,
               .peer = peer_text(address)});
    return AfterAccept::go_on;
  }
  const int error = errno;
  const auto after = after_failed_accept(error);
  if (after == AfterAccept::pause && !std::exchange(is_pause_logged, true)) {
    log.warn("http", "cannot accept connections for now; raise the limit of open files",
             {{"error", std::strerror(error)}});
  }
  return after;
}

AfterAccept Server::Impl::accept_waiting() {
  for (int i = 0; i < accepts_per_turn_max; ++i) {
    const auto after = accept_one();
    if (after != AfterAccept::go_on) return after;
  }
  return AfterAccept::wait_for_more;
}

void Server::Impl::hand_over(AcceptedSocket socket) {
  const auto open = count();
  if (open >= options.connections_max + turned_away_at_once_max) return;
  const bool is_full = open >= options.connections_max;
  auto shard = shards[next_shard];
  next_shard = (next_shard + 1) % shards.size();
  shard->open_count.fetch_add(1, std::memory_order_relaxed);
  auto& loop = shard->loop;
  asio::post(loop, [shard = std::move(shard), socket = std::move(socket), is_full]() mutable {
    if (is_full) {
      turn_away(shard, std::move(socket));
    } else {
      start_connection(shard, std::move(socket));
    }
  });
}

Task<> Server::Impl::accept_connections(std::shared_ptr<Impl> impl) {
  while (!impl->is_stopping) {
    const auto [error] = co_await impl->acceptor.async_wait(Acceptor::wait_read, as_result);
    if (impl->is_stopping) break;
    const auto after = error ? AfterAccept::pause : impl->accept_waiting();
    if (after == AfterAccept::pause) co_await sleep_for(accept_pause);
  }
  // Who was let in by the kernel before the drain is served; who comes later is told at once by the closed
  // port.
  impl->accept_waiting();
  boost::system::error_code ignored;
  impl->acceptor.close(ignored);
}

Server::Server(ServerOptions options, std::vector<Shard> shards, telemetry::Log& log,
               telemetry::Metrics& metrics) {
  XZEPR_ASSERT(!shards.empty());
  impl_ = std::make_shared<Impl>(std::move(options), shards, log, metrics);
}

Server::~Server() { terminate(); }

std::uint16_t Server::port() const { return impl_->port; }

void Server::start() {
  for (const auto& shard : impl_->shards) {
    asio::post(shard->loop, [shard] { shard->tasks.spawn("sweep", sweep_regularly(shard)); });
  }
  const auto first = impl_->shards.front();
  asio::post(first->loop,
             [impl = impl_, first] { first->tasks.spawn("accept", Impl::accept_connections(impl)); });
}

void Server::drain() {
  asio::post(impl_->shards.front()->loop, [impl = impl_] {
    impl->is_stopping = true;
    boost::system::error_code ignored;
    impl->acceptor.cancel(ignored);
  });
  for (const auto& shard : impl_->shards) asio::post(shard->loop, [shard] { shard->drain(); });
}

std::size_t Server::connection_count() const { return impl_->count(); }

void Server::terminate() {
  asio::post(impl_->shards.front()->loop, [impl = impl_] {
    impl->is_stopping = true;
    boost::system::error_code ignored;
    impl->acceptor.close(ignored);
  });
  for (const auto& shard : impl_->shards) asio::post(shard->loop, [shard] { shard->cut(); });
}

}  // namespace xzepr::http

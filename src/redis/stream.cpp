#include "redis/stream.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

namespace xzepr::redis {
namespace {

namespace ssl = asio::ssl;
using tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, Executor>;

// An error is an ordinary outcome here, so nothing throws.
constexpr auto stream_outcome = asio::as_tuple(use_task);

// What waits on it keeps it alive, also when the next one is there already.
struct Connection {
  explicit Connection(Executor executor) : socket(executor) {}
  Socket socket;
  std::optional<ssl::stream<Socket&>> tls;
};

std::unique_ptr<ssl::context> tls_context(const std::string& ca_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer, error);
  if (!error && ca_file.empty()) context->set_default_verify_paths(error);
  if (!error && !ca_file.empty()) context->load_verify_file(ca_file, error);
  if (error)
    throw Fault(Fault::Kind::refused,
                fmt::format("redis.ca_file: {} is no file of certificates that can be read: {}", ca_file,
                            error.message()));
  return context;
}

}  // namespace

struct Stream::Impl {
  Impl(asio::io_context& loop, Address to) : address(std::move(to)), resolver(loop.get_executor()) {}
  [[nodiscard]] Task<std::string> greet(std::shared_ptr<Connection> to) const;

  Address address;
  std::unique_ptr<ssl::context> context;  // under TLS
  asio::ip::basic_resolver<tcp, Executor> resolver;
  std::shared_ptr<Connection> connection;
};

Stream::Stream(asio::io_context& loop, Address address, const std::string& ca_file)
    : impl_(std::make_unique<Impl>(loop, std::move(address))) {
  if (impl_->address.is_tls) impl_->context = tls_context(ca_file);
}

Stream::~Stream() = default;

Task<std::string> Stream::connect() {
  const auto& address = impl_->address;
  const auto connection = std::make_shared<Connection>(co_await this_executor());
  impl_->connection = connection;
  const auto [unknown, places] =
      co_await impl_->resolver.async_resolve(address.host, std::to_string(address.port), stream_outcome);
  if (unknown) co_return unknown.message();
  const auto [refused, place] = co_await asio::async_connect(connection->socket, places, stream_outcome);
  if (refused) co_return refused.message();
  Error ignored;
  connection->socket.set_option(tcp::no_delay(true), ignored);
  if (!impl_->context) co_return "";
  co_return co_await impl_->greet(connection);
}

Task<std::string> Stream::Impl::greet(std::shared_ptr<Connection> to) const {
  auto& tls = to->tls.emplace(to->socket, *context);
  tls.set_verify_callback(ssl::host_name_verification(address.host));
  Error is_name;
  static_cast<void>(asio::ip::make_address(address.host, is_name));
  if (is_name) SSL_set_tlsext_host_name(tls.native_handle(), address.host.c_str());
  const auto [error] = co_await tls.async_handshake(ssl::stream_base::client, stream_outcome);
  co_return error ? fmt::format("TLS: {}", error.message()) : std::string();
}

Task<Stream::Moved> Stream::read(std::span<char> into) {
  const auto connection = impl_->connection;
  const auto buffer = asio::buffer(into.data(), into.size());
  if (connection->tls) {
    const auto [error, count] = co_await connection->tls->async_read_some(buffer, stream_outcome);
    co_return Moved{.error = error, .count = count};
  }
  const auto [error, count] = co_await connection->socket.async_read_some(buffer, stream_outcome);
  co_return Moved{.error = error, .count = count};
}

void Stream::write(std::string_view bytes, std::move_only_function<void(Error)> done) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto& connection = impl_->connection;
  auto handler = [connection, done = std::move(done)](Error error, std::size_t) mutable { done(error); };
  if (connection->tls) {
    asio::async_write(*connection->tls, buffer, std::move(handler));
  } else {
    asio::async_write(connection->socket, buffer, std::move(handler));
  }
}

void Stream::close() {
  Error ignored;
  impl_->resolver.cancel();
  if (impl_->connection) impl_->connection->socket.close(ignored);
}

}  // namespace xzepr::redis

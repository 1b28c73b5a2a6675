// The socket of a connection, plain or under TLS: for the sources of Connection only.
#pragma once

#include <array>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "http/connection.hpp"
#include "http/secure_channel.hpp"

namespace xzepr::http {

using tcp = asio::ip::tcp;

// An error is an ordinary outcome of a read, so nothing throws.
inline constexpr auto as_result = asio::as_tuple(asio::deferred);

struct Connection::Socket : asio::basic_stream_socket<tcp, Executor> {
  using asio::basic_stream_socket<tcp, Executor>::basic_stream_socket;

  std::size_t write_now(asio::const_buffer first, asio::const_buffer second,
                        boost::system::error_code& error) {
    if (channel) return write_secure(first.size() > 0 ? first : second, error);
    if (second.size() == 0) return write_some(first, error);
    return write_some(std::array{first, second}, error);
  }
  std::size_t write_secure(asio::const_buffer bytes, boost::system::error_code& error) {
    const auto moved = channel->write({static_cast<const char*>(bytes.data()), bytes.size()});
    if (moved.outcome == SecureChannel::Outcome::done) return moved.count;
    // A write never waits for the other side to speak: there is no renegotiation.
    error = moved.outcome == SecureChannel::Outcome::wants_write ? asio::error::would_block
                                                                 : asio::error::connection_reset;
    return 0;
  }

  std::optional<SecureChannel> channel;  ///< under TLS
};

}  // namespace xzepr::http

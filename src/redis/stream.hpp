// One connection to Redis after the other: TCP, or TLS 1.2 or later over it with the certificate and the host
// name checked always. Used on one shard only. Asio's sockets stay in the source.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "base/task.hpp"
#include "redis/address.hpp"

namespace xzepr::redis {

class Stream {
 public:
  using Error = boost::system::error_code;
  struct Moved {
    Error error;
    std::size_t count = 0;
  };

  /// `ca_file` (PEM) signs what TLS shows; "" is the system's authorities. Throws Fault when it cannot be
  /// used.
  Stream(asio::io_context& loop, Address address, const std::string& ca_file);
  ~Stream();

  /// Opens a new connection. "", or why there is none.
  [[nodiscard]] Task<std::string> connect();
  [[nodiscard]] Task<Moved> read(std::span<char> into);
  /// All of `bytes`, which must stay as they are until `done` is called. One at a time. After close() `done`
  /// is called with operation_aborted, perhaps when this is gone.
  void write(std::string_view bytes, std::move_only_function<void(Error)> done);
  /// What waits ends with operation_aborted.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::redis

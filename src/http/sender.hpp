// Outgoing HTTP to addresses that users name, many requests at once, on one thread of its own over libcurl.
// It trusts neither the name, nor what it resolves to, nor the answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ip_class.hpp"
#include "http/client.hpp"

namespace xzepr::http {

struct SendRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  /// From the dialling, name look-up and all, to the last byte of the answer (G11).
  std::chrono::milliseconds timeout = std::chrono::seconds{15};
  /// Of the body; the rest is cut off together with the connection, and the status counts (G11). The head has
  /// the same bound, but a longer one is no answer.
  std::size_t answer_bytes_max = 65'536;
  std::string ca_file = {};  ///< PEM; who signs the server's certificate, instead of the system's list
  /// Asked on the sender's thread about the very address that is about to be dialled (G09), and, before the
  /// request is written, about the one that is connected: a connection that is kept dodges nothing, whoever
  /// dialled it. nullptr: any address.
  std::function<bool(const IpAddress&)> may_dial = nullptr;
};

/// No redirects are followed (G10), no proxy and no cookies are used, nothing is unpacked. Certificates and
/// host names are checked always; TLS 1.2 or later.
class Sender {
 public:
  /// On the sender's thread, exactly once for each request. Must not throw or block; may call send().
  using Done = std::move_only_function<void(Result<ClientResponse>)>;

  /// At most `in_flight_max` requests and idle connections at a time.
  explicit Sender(std::size_t in_flight_max);
  /// As stop().
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Any thread. What is too much at a time waits in order, without its timeout running. Errors:
  /// - Errc::forbidden, "address_refused": nothing was sent; the detail names the address and its class;
  /// - Errc::invalid, "header_invalid": a header that would write more than itself (G12); nothing was sent;
  /// - Errc::unavailable, "server_unreachable": no answer, or not all of it in time;
  /// - Errc::unavailable, "sender_stopped": the request may have been received, if it was begun. After stop()
  ///   this is told at once, on the caller's thread.
  void send(SendRequest request, Done done);

  /// Cuts what is in flight and ends the thread. Once or more often, but not on the sender's thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::http

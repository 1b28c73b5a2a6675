// A blocking HTTP client over libcurl. libcurl's headers are included by this module only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace xzepr::http {

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout = std::chrono::seconds{60};
  std::size_t answer_bytes_max = 0;  ///< a longer body is no answer; 0: 2 GiB, for the largest page of events
  /// Takes the body of a 2xx bit by bit, as it comes; false ends it, which is no failure. `timeout` is then
  /// for silences only.
  std::function<bool(std::string_view)> on_body = nullptr;
  std::function<bool()> should_stop = nullptr;  ///< asked once a second while it waits; true ends it as well
  std::string ca_file = {};  ///< PEM; who signs the server's certificate, instead of the system's list
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< names in lower case
  std::string body = {};

  [[nodiscard]] std::string header(std::string_view lower_case_name) const;
};

/// Keeps its connection between calls. One thread at a time. No redirects are followed. Certificates and host
/// names are checked always; TLS 1.2 or later.
class Client {
 public:
  Client();
  ~Client();
  /// Errc::unavailable with code "server_unreachable" when no answer came.
  [[nodiscard]] Result<ClientResponse> send(const ClientRequest& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::http

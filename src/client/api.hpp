// One call to the API and its answer. Blocking; one thread at a time.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/failure.hpp"
#include "http/client.hpp"
#include "http/query.hpp"
#include "json/value.hpp"

namespace xzepr::client {

/// Where the server is and who calls.
struct Server {
  std::string url;      ///< "http://127.0.0.1:8042", a path prefix allowed
  std::string api_key;  ///< empty: anonymous
};

/// Errc::invalid, code "url_invalid", unless `url` is http:// or https:// with a host and without query or
/// user.
[[nodiscard]] Result<void> check_url(std::string_view url);

using Transport = std::function<Result<http::ClientResponse>(const http::ClientRequest&)>;
/// `ca_file`: who signs the server's certificate, instead of the system's list; "" for that list.
[[nodiscard]] Transport make_transport(std::string ca_file = {});

struct Call {
  std::string method = "GET";
  std::string path;  ///< "/api/v1/events"; segments already percent-encoded
  http::QueryParameters query = {};
  std::optional<json::Value> body = std::nullopt;
  std::string raw_body = {};  ///< instead of `body`
  std::string content_type = "application/json";
  std::string idempotency_key = {};
  std::chrono::milliseconds timeout = std::chrono::seconds{60};
  std::string accept = "application/json";
  std::string last_event_id = {};                           ///< of a stream: where it goes on
  std::function<bool(std::string_view)> on_body = nullptr;  ///< as in http::ClientRequest
  std::function<bool()> should_stop = nullptr;
};

using Answer = std::expected<json::Value, Failure>;

class Api {
 public:
  Api(Server server, Transport transport) : server_(std::move(server)), transport_(std::move(transport)) {}

  /// The body of a 2xx, null when it has none. Failure::where names the call.
  [[nodiscard]] Answer send(const Call& call);
  /// The answer as it came, whatever its status; a Failure only when none came.
  [[nodiscard]] std::expected<http::ClientResponse, Failure> send_raw(const Call& call);

  [[nodiscard]] Answer get(std::string path, http::QueryParameters query = {});
  [[nodiscard]] const Server& server() const { return server_; }

 private:
  Server server_;
  Transport transport_;
};

/// "/api/v1/receivers/" and the percent-encoded reference, and so on.
[[nodiscard]] std::string path_of(std::string_view noun);
[[nodiscard]] std::string path_of(std::string_view noun, std::string_view reference,
                                  std::string_view rest = {});

/// The text member of an object, "" when it is absent or no string.
[[nodiscard]] std::string text_of(const json::Value& object, std::string_view name);

}  // namespace xzepr::client

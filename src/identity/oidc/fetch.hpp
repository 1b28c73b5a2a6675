// Requests to the provider. They wait on threads of their own, so that a slow provider never holds a shard.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"
#include "http/client.hpp"

namespace xzepr::identity::oidc {

inline constexpr std::size_t answer_bytes_max = 1'048'576;
inline constexpr auto answer_time = std::chrono::seconds{10};

/// A GET that asks for JSON, with a bearer token unless it is "".
[[nodiscard]] http::ClientRequest json_request(std::string url, std::string_view bearer = {});

class Fetcher {
 public:
  virtual ~Fetcher() = default;
  /// Errc::unavailable, code "oidc_unavailable", when no whole answer came. Any shard.
  [[nodiscard]] virtual Task<Result<http::ClientResponse>> fetch(http::ClientRequest request) = 0;
};

/// At most 1 MiB and 10 s an answer, no redirects, TLS 1.2 or later, certificate and host name checked
/// against `ca_file` or, when it is "", the system's authorities. Four requests at a time; of those that
/// wait, 64 at most, the others are refused at once.
class HttpFetcher final : public Fetcher {
 public:
  explicit HttpFetcher(std::string ca_file, std::chrono::milliseconds patience = answer_time);
  /// Waits for requests under way, at most 10 s; those that wait behind them are refused.
  ~HttpFetcher() override;

  [[nodiscard]] Task<Result<http::ClientResponse>> fetch(http::ClientRequest request) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xzepr::identity::oidc

// Secrets out of Vault's KV engine, version 2, over HTTP. Calls block: for the start, and for threads that
// may.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "identity/vault/answer.hpp"
#include "identity/vault/settings.hpp"

namespace xzepr::identity::vault {

inline constexpr std::size_t answer_bytes_max = 1'048'576;

/// Any thread; one request at a time. No redirects; TLS 1.2 or later, certificate and host name always
/// checked; at most `timeout` and 1 MiB an answer. Errors are for people and say what to do; they hold no
/// secret and no token.
class Client {
 public:
  explicit Client(Settings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The newest version of `path`, its field `field`, as in `vault kv get -mount=MOUNT -field=FIELD PATH`.
  [[nodiscard]] std::expected<std::string, std::string> read(std::string_view path, std::string_view field);
  /// Prolongs the token's life (renew-self). A token that cannot be prolonged is an error, like any refusal.
  [[nodiscard]] std::expected<Lease, std::string> renew();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::identity::vault

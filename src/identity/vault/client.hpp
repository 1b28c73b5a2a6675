// Secrets out of Vault's KV engine, version 2, over HTTP. Calls block: for the start, and for threads that
// may.
#pragma once

#include <expected>
#include <memory>
#include <optional>
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
  /// The same with its version and time.
  [[nodiscard]] std::expected<Secret, std::string> read_newest(std::string_view path, std::string_view field);
  /// Of an older version; nullopt when it was deleted or has no such field.
  [[nodiscard]] std::expected<std::optional<Secret>, std::string> read_version(std::string_view path,
                                                                               std::string_view field,
                                                                               std::int64_t version);
  /// Prolongs the token's life (renew-self). A token that cannot be prolonged is an error, like any refusal.
  [[nodiscard]] std::expected<Lease, std::string> renew();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::identity::vault

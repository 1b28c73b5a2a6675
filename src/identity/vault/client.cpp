#include "identity/vault/client.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "http/client.hpp"

namespace xzepr::identity::vault {
namespace {

constexpr std::size_t token_bytes_max = 4'096;

constexpr int status_absent = 404;

using Body = std::expected<std::string, std::string>;

struct Refusal {
  std::string why;
  int status = 0;  // 0: there was no answer
};
using Answer = std::expected<std::string, Refusal>;

// A token is one word; anything else would be another header.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= token_bytes_max &&
         std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

Body token_in_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, token_bytes_max + 2> text{};
  if (file) file.read(text.data(), text.size());
  if (!file.is_open() || file.bad())
    return std::unexpected(fmt::format("vault.token_file: {} cannot be read", path));
  std::string_view token(text.data(), static_cast<std::size_t>(file.gcount()));
  while (token.ends_with('\n') || token.ends_with('\r')) token.remove_suffix(1);
  if (!is_token(token)) return std::unexpected(fmt::format("vault.token_file: {} holds no token", path));
  return std::string(token);
}

}  // namespace

struct Client::Impl {
  explicit Impl(Settings given) : settings(std::move(given)) {}
  Answer send(std::string_view method, const std::string& path, std::string body);
  Body token() const;

  const Settings settings;
  std::mutex mutex;
  http::Client http;  // guarded by mutex
};

Body Client::Impl::token() const {
  if (!settings.token_file.empty()) return token_in_file(settings.token_file);
  if (!is_token(settings.token)) return std::unexpected("vault.token: is no token of Vault");
  return settings.token;
}

Answer Client::Impl::send(std::string_view method, const std::string& path, std::string body) {
  auto shown = token();
  if (!shown) return std::unexpected(Refusal{.why = std::move(shown).error()});
  http::ClientRequest request{.method = std::string(method),
                              .url = fmt::format("{}/v1/{}", settings.address, path),
                              .headers = {{"X-Vault-Token", *std::move(shown)}, {"X-Vault-Request", "true"}},
                              .body = std::move(body),
                              .timeout = settings.timeout,
                              .answer_bytes_max = answer_bytes_max,
                              .ca_file = settings.ca_file};
  if (!settings.name_space.empty()) request.headers.emplace_back("X-Vault-Namespace", settings.name_space);
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  const std::lock_guard lock(mutex);
  auto answer = http.send(request);
  if (!answer)
    return std::unexpected(Refusal{answer.error().detail + "; look at vault.address and vault.ca_file"});
  if (answer->status != 200)
    return std::unexpected(Refusal{explain_refusal(answer->status, answer->body), answer->status});
  return std::move(answer->body);
}

Client::Client(Settings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}

Client::~Client() = default;

std::expected<std::string, std::string> Client::read(std::string_view path, std::string_view field) {
  auto secret = read_newest(path, field);
  if (!secret) return std::unexpected(std::move(secret).error());
  return std::move(secret->text);
}

std::expected<Secret, std::string> Client::read_newest(std::string_view path, std::string_view field) {
  if (!is_secret_path(path))
    return std::unexpected(fmt::format("\"{}\" is no path of a secret; write it as team/xzepr", path));
  const auto body = impl_->send("GET", fmt::format("{}/data/{}", impl_->settings.mount, path), "");
  if (!body) return std::unexpected(fmt::format("secret {}: {}", path, body.error().why));
  auto secret = read_secret(*body, field);
  if (!secret) return std::unexpected(fmt::format("secret {}: {}", path, secret.error()));
  return secret;
}

std::expected<std::optional<Secret>, std::string> Client::read_version(std::string_view path,
                                                                       std::string_view field,
                                                                       std::int64_t version) {
  if (!is_secret_path(path)) return std::nullopt;
  const auto body =
      impl_->send("GET", fmt::format("{}/data/{}?version={}", impl_->settings.mount, path, version), "");
  if (!body && body.error().status == status_absent) return std::nullopt;
  if (!body)
    return std::unexpected(fmt::format("version {} of secret {}: {}", version, path, body.error().why));
  auto secret = read_secret(*body, field);
  if (!secret) return std::nullopt;
  return *std::move(secret);
}

std::expected<Lease, std::string> Client::renew() {
  const auto body = impl_->send("POST", "auth/token/renew-self", "{}");
  if (!body) return std::unexpected("the token cannot be renewed: " + body.error().why);
  return read_lease(*body);
}

}  // namespace xzepr::identity::vault

#include "journal/webhook/signature.hpp"

#include <chrono>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"

namespace xzepr::journal::webhook {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t made_key_bytes = 32;
constexpr std::size_t key_bytes_min = 24;
constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t keys_max = 2;

std::int64_t unix_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::string make_secret() {
  return std::string(secret_prefix) + crypto::to_base64(crypto::random_bytes(made_key_bytes));
}

std::optional<std::string> parse_secret(std::string_view secret) {
  std::string key;
  if (!secret.starts_with(secret_prefix) || !crypto::from_base64(secret.substr(secret_prefix.size()), key) ||
      key.size() < key_bytes_min || key.size() > key_bytes_max)
    return std::nullopt;
  return key;
}

std::string sign(Ulid id, TimePoint time, std::string_view body, std::span<const std::string> keys) {
  XZEPR_ASSERT(!keys.empty() && keys.size() <= keys_max);
  const auto signed_text = fmt::format("{}.{}.{}", to_string(id), unix_seconds(time), body);
  std::string out;
  for (const auto& key : keys) {
    const auto mac = crypto::hmac_sha256(key, signed_text);
    out += out.empty() ? "v1," : " v1,";
    out += crypto::to_base64({reinterpret_cast<const char*>(mac.data()), mac.size()});
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> signed_headers(Ulid id, TimePoint time,
                                                                std::string_view body,
                                                                std::span<const std::string> keys) {
  return {{"webhook-id", to_string(id)},
          {"webhook-timestamp", std::to_string(unix_seconds(time))},
          {"webhook-signature", sign(id, time, body, keys)}};
}

}  // namespace xzepr::journal::webhook

#include "domain/webhook_secret.hpp"

#include "crypto/digest.hpp"
#include "crypto/random.hpp"

namespace xzepr::domain {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t made_key_bytes = 32;
constexpr std::size_t key_bytes_min = 24;
constexpr std::size_t key_bytes_max = 64;

}  // namespace

std::string make_webhook_secret() {
  return std::string(secret_prefix) + crypto::to_base64(crypto::random_bytes(made_key_bytes));
}

std::optional<std::string> parse_webhook_secret(std::string_view secret) {
  std::string key;
  if (!secret.starts_with(secret_prefix) || !crypto::from_base64(secret.substr(secret_prefix.size()), key) ||
      key.size() < key_bytes_min || key.size() > key_bytes_max)
    return std::nullopt;
  return key;
}

}  // namespace xzepr::domain

#include "identity/api_key.hpp"

#include <array>

#include "crypto/random.hpp"

namespace xzepr::identity {
namespace {

constexpr std::string_view prefix = "xzepr_";
constexpr std::size_t random_length = 30;
constexpr std::size_t checksum_length = 6;
constexpr std::size_t key_length = prefix.size() + random_length + checksum_length;
constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string checksum_of(std::string_view text) {
  std::string out(checksum_length, '0');
  auto rest = crypto::crc32(text);
  for (std::size_t i = checksum_length; i-- > 0; rest /= 62) out[i] = base62[rest % 62];
  return out;
}

}  // namespace

std::string make_api_key() {
  std::string key{prefix};
  key += crypto::random_base62(random_length);
  key += checksum_of(key);
  return key;
}

std::optional<crypto::Sha256> parse_api_key(std::string_view text) {
  if (text.size() != key_length || !text.starts_with(prefix)) return std::nullopt;
  if (text.substr(prefix.size()).find_first_not_of(base62) != std::string_view::npos) return std::nullopt;
  const auto body = text.substr(0, key_length - checksum_length);
  if (text.substr(body.size()) != checksum_of(body)) return std::nullopt;
  return crypto::sha256(text);
}

std::string api_key_prefix(std::string_view key) { return std::string(key.substr(0, 12)); }

}  // namespace xzepr::identity

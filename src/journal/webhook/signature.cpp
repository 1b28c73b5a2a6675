#include "journal/webhook/signature.hpp"

#include <chrono>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "crypto/digest.hpp"

namespace xzepr::journal::webhook {
namespace {

constexpr std::size_t keys_max = 2;

std::int64_t unix_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

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

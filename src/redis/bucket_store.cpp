#include "redis/bucket_store.hpp"

#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace xzepr::redis {
namespace {

// KEYS are the buckets of one caller; ARGV is keys_max and the requests a minute of each. A bucket is
// "tokens microseconds": how many it held, and when. One that is absent is full.
constexpr std::string_view script = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if redis.call('EXISTS', unpack(KEYS)) < #KEYS and redis.call('DBSIZE') >= tonumber(ARGV[1]) then return {} end
local said = {}
for i, key in ipairs(KEYS) do
  local rpm = tonumber(ARGV[i + 1])
  local tokens, at = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
  if tokens then
    tokens = math.min(rpm, tonumber(tokens) + math.max(0, now - at) * rpm / 60000000)
  else
    tokens = rpm
  end
  local is_admitted = tokens >= 0.999999
  if is_admitted then
    tokens = math.max(0, tokens - 1)
    local full_in = math.ceil((rpm - tokens) * 60000 / rpm)
    redis.call('SET', key, string.format('%.6f %.0f', tokens, now), 'PX', math.max(1, full_in))
  end
  said[2 * i - 1] = is_admitted and 1 or 0
  said[2 * i] = math.floor(tokens * 1000000)
end
return said
)lua";

constexpr double token_parts = 1'000'000;

// EVALSHA knows a script by its SHA-1, as text.
std::string digest_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, EVP_sha1(), nullptr) != 1)
    throw Fault(Fault::Kind::unavailable, "OpenSSL has no SHA-1, by which Redis names its scripts");
  std::string digest;
  for (unsigned i = 0; i < length; ++i) digest += fmt::format("{:02x}", bytes[i]);
  return digest;
}

// The probe takes from a bucket of its own: it shows that the script may run and write.
ClientSettings client_settings(const BucketStoreSettings& settings, const std::string& keys_max) {
  return {.address = settings.address,
          .ca_file = settings.ca_file,
          .command_timeout = settings.command_timeout,
          .probe = {"EVAL", std::string(script), "1", "xzepr:limit:{probe}", keys_max, "1000000"}};
}

std::optional<std::array<limits::Taken, 2>> taken_of(const Reply& reply, std::size_t count) {
  if (reply.kind != Reply::Kind::array || reply.elements.size() != 2 * count) return std::nullopt;
  std::array<limits::Taken, 2> taken;
  for (std::size_t i = 0; i < count; ++i) {
    taken.at(i) = {.is_admitted = reply.elements[2 * i].integer == 1,
                   .tokens = static_cast<double>(reply.elements[2 * i + 1].integer) / token_parts};
  }
  return taken;
}

}  // namespace

BucketStore::BucketStore(asio::io_context& loop, const BucketStoreSettings& settings, Link& link)
    : keys_max_(std::to_string(settings.keys_max)),
      script_digest_(digest_of(script)),
      client_(loop, client_settings(settings, keys_max_), link) {}

BucketStore::~BucketStore() = default;

Task<std::optional<std::array<limits::Taken, 2>>> BucketStore::take(limits::Demands demands) {
  const auto count = std::to_string(demands.count);
  std::array<std::string, 2> rates;
  std::vector<std::string_view> words = {"EVALSHA", script_digest_, count};
  for (std::size_t i = 0; i < demands.count; ++i) words.push_back(demands.buckets.at(i).key);
  words.push_back(keys_max_);
  for (std::size_t i = 0; i < demands.count; ++i) {
    rates.at(i) = std::to_string(demands.buckets.at(i).rpm);
    words.push_back(rates.at(i));
  }
  auto reply = co_await client_.call(words, "NOSCRIPT");
  if (reply && reply->is_error()) {
    words[0] = "EVAL";
    words[1] = script;
    reply = co_await client_.call(words);
  }
  co_return reply ? taken_of(*reply, demands.count) : std::nullopt;
}

}  // namespace xzepr::redis

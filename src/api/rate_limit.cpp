#include "api/rate_limit.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace xzepr::api {
namespace {

constexpr std::string_view auth_prefix = "/api/v1/auth";

bool is_under(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

std::string_view without_last_slash(std::string_view prefix) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return prefix;
}

template <class Tag>
void append_raw(std::string& key, char kind, const Id<Tag>& id) {
  key += kind;
  key.append(reinterpret_cast<const char*>(id.value.bytes.data()), id.value.bytes.size());
}

// A key with a rate of its own has a bucket of its own; other keys share their user's, so that making keys
// wins nothing.
std::string bucket_key(const Caller& caller) {
  std::string key;
  key.reserve(48);
  if (caller.principal == nullptr) return key.append("a").append(caller.address_key);
  const auto& principal = *caller.principal;
  if (principal.rpm && principal.api_key_id) {
    append_raw(key, 'k', *principal.api_key_id);
  } else {
    append_raw(key, 'u', principal.user_id);
  }
  return key;
}

// The key where others read it too: "xzepr:limit:{u0192..}", in hexadecimal. The braces keep the buckets of
// one caller on one node of a cluster of stores.
std::string shared_key(std::string_view key) {
  return fmt::format(
      "xzepr:limit:{{{}{:02x}}}", key.front(),
      fmt::join(std::span(reinterpret_cast<const unsigned char*>(key.data() + 1), key.size() - 1), ""));
}

limits::Verdict tighter(const limits::Verdict& a, const limits::Verdict& b) {
  if (a.is_admitted != b.is_admitted) return a.is_admitted ? b : a;
  if (!a.is_admitted) return a.retry_after >= b.retry_after ? a : b;
  return a.remaining <= b.remaining ? a : b;
}

}  // namespace

RateLimiter::RateLimiter(RateLimitSettings settings)
    : is_enabled_(settings.enabled),
      anonymous_rpm_(settings.anonymous_rpm),
      authenticated_rpm_(settings.authenticated_rpm),
      admin_rpm_(settings.admin_rpm) {
  for (const auto& [prefix, rpm] : settings.per_endpoint) {
    const auto path = without_last_slash(prefix);
    endpoints_.push_back(
        {.prefix = std::string(path), .rpm = rpm, .is_post_only = is_under(path, auth_prefix)});
  }
  std::ranges::sort(endpoints_, std::ranges::greater{},
                    [](const Endpoint& endpoint) { return endpoint.prefix.size(); });
}

std::uint32_t RateLimiter::tier_rpm(const Caller& caller) const {
  if (caller.principal == nullptr) return anonymous_rpm_;
  if (caller.principal->rpm) return *caller.principal->rpm;
  return caller.principal->roles.has(identity::Role::admin) ? admin_rpm_ : authenticated_rpm_;
}

const RateLimiter::Endpoint* RateLimiter::endpoint_of(http::Method method, std::string_view path) const {
  for (const auto& endpoint : endpoints_) {
    if (!is_under(path, endpoint.prefix)) continue;
    return endpoint.is_post_only && method != http::Method::post ? nullptr : &endpoint;
  }
  return nullptr;
}

std::optional<limits::Verdict> RateLimiter::take(const Caller& caller, http::Method method,
                                                 std::string_view path,
                                                 limits::TokenBucket::Clock::time_point now) {
  if (!is_enabled_) return std::nullopt;
  auto key = bucket_key(caller);
  const auto tier = table_.take(key, tier_rpm(caller), now);
  const auto* endpoint = endpoint_of(method, path);
  if (endpoint == nullptr) return tier;
  key.append("e").append(endpoint->prefix);
  return tighter(table_.take(key, endpoint->rpm, now), tier);
}

limits::Demands RateLimiter::shared_demands(const Caller& caller, http::Method method,
                                            std::string_view path) const {
  limits::Demands demands;
  auto key = shared_key(bucket_key(caller));
  if (const auto* endpoint = endpoint_of(method, path)) {
    demands.buckets[1] = {.key = key + ":" + endpoint->prefix, .rpm = endpoint->rpm};
    demands.count = 1;
  }
  demands.buckets[0] = {.key = std::move(key), .rpm = tier_rpm(caller)};
  ++demands.count;
  return demands;
}

limits::Verdict RateLimiter::settle(const Caller& caller, http::Method method, std::string_view path,
                                    const std::array<limits::Taken, 2>& taken,
                                    limits::TokenBucket::Clock::time_point now) {
  const auto settle_one = [&](std::string_view key, std::uint32_t rpm, const limits::Taken& one) {
    table_.settle(key, rpm, one.tokens, now);
    return limits::verdict_of(one.is_admitted, one.tokens, rpm);
  };
  auto key = bucket_key(caller);
  const auto tier = settle_one(key, tier_rpm(caller), taken[0]);
  const auto* endpoint = endpoint_of(method, path);
  if (endpoint == nullptr) return tier;
  key.append("e").append(endpoint->prefix);
  return tighter(settle_one(key, endpoint->rpm, taken[1]), tier);
}

void add_rate_limit_headers(http::Response& response, const limits::Verdict& verdict) {
  response.set("X-RateLimit-Limit", fmt::to_string(verdict.limit));
  response.set("X-RateLimit-Remaining", fmt::to_string(verdict.remaining));
  response.set("X-RateLimit-Reset", fmt::to_string(verdict.reset.count()));
  response.set("RateLimit", fmt::format("limit={}, remaining={}, reset={}", verdict.limit, verdict.remaining,
                                        verdict.reset.count()));
}

Error rate_limited(const limits::Verdict& verdict) {
  return Error{
      .kind = Errc::rate_limited,
      .code = "rate_limited",
      .detail = fmt::format("more than {} requests a minute", verdict.limit),
      .hint = "wait for the seconds in Retry-After; many events fit in one POST /api/v1/events/batch",
      .retry_after = verdict.retry_after};
}

}  // namespace xzepr::api

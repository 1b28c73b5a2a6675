// How many requests a caller may make. One object per process, any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "identity/principal.hpp"
#include "limits/bucket_table.hpp"
#include "limits/shared_buckets.hpp"

namespace xzepr::api {

struct RateLimitSettings {
  bool enabled = true;
  std::uint32_t anonymous_rpm = 10;
  std::uint32_t authenticated_rpm = 100;
  std::uint32_t admin_rpm = 1'000;
  /// Path prefix (whole segments) -> requests per minute, counted besides the tier; the longest prefix wins.
  /// Prefixes at or below /api/v1/auth count POST only.
  std::map<std::string, std::uint32_t> per_endpoint = {{"/api/v1/auth", 5}};
};

/// Who is counted: a verified principal, or the address when there is none. A credential that was not
/// verified never chooses a bucket.
struct Caller {
  const identity::Principal* principal = nullptr;
  std::string_view address_key = {};  ///< limiter_key() of the client's address; used without a principal
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimitSettings settings);

  /// Takes one token from the caller's tier and from the endpoint's bucket. The verdict is the tighter of the
  /// two; nullopt when limits are off. `path` is the request's normalised path.
  [[nodiscard]] std::optional<limits::Verdict> take(const Caller& caller, http::Method method,
                                                    std::string_view path,
                                                    limits::TokenBucket::Clock::time_point now);
  /// The same buckets, as those that nodes share know them. Only while limits are on.
  [[nodiscard]] limits::Demands shared_demands(const Caller& caller, http::Method method,
                                               std::string_view path) const;
  /// The verdict of shared buckets, once take() has admitted the request here. This node's own buckets then
  /// hold what the shared ones do: what is over the limit elsewhere is refused here without asking again, and
  /// when nobody can be asked, the count goes on from there.
  [[nodiscard]] limits::Verdict settle(const Caller& caller, http::Method method, std::string_view path,
                                       const std::array<limits::Taken, 2>& taken,
                                       limits::TokenBucket::Clock::time_point now);
  [[nodiscard]] bool is_enabled() const { return is_enabled_; }

 private:
  struct Endpoint {
    std::string prefix;
    std::uint32_t rpm;
    bool is_post_only;
  };
  [[nodiscard]] std::uint32_t tier_rpm(const Caller& caller) const;
  [[nodiscard]] const Endpoint* endpoint_of(http::Method method, std::string_view path) const;

  bool is_enabled_;
  std::uint32_t anonymous_rpm_;
  std::uint32_t authenticated_rpm_;
  std::uint32_t admin_rpm_;
  std::vector<Endpoint> endpoints_;  // longest prefix first
  limits::BucketTable table_;
};

/// X-RateLimit-Limit, -Remaining, -Reset (seconds until the bucket is full) and RateLimit.
void add_rate_limit_headers(http::Response& response, const limits::Verdict& verdict);
/// The 429.
[[nodiscard]] Error rate_limited(const limits::Verdict& verdict);

}  // namespace xzepr::api

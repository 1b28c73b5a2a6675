// Token buckets by key, bounded: at most `keys_max` (100,000) are kept. A full bucket is forgotten before one
// that is in use, so that filling the table cannot free a caller who is over the limit. Any thread: striped locks,
// because a hop to the shard that owns a key costs more than the lock.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "limits/token_bucket.hpp"

namespace xzepr::limits {

class BucketTable {
 public:
  explicit BucketTable(std::size_t keys_max = 100'000);
  ~BucketTable();
  [[nodiscard]] Verdict take(std::string_view key, std::uint32_t rpm, TokenBucket::Clock::time_point now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Stripe;
  std::unique_ptr<Stripe[]> stripes_;
  std::size_t keys_per_stripe_max_;
};

}  // namespace xzepr::limits

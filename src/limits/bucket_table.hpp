// Token buckets by key, bounded: at most `keys_max` (100,000) are kept. A full bucket is forgotten first, and
// one never of which more than half is used, so that filling the table frees nobody who is over the limit, or
// was a moment ago. Any thread: striped locks, as a hop to a key's shard costs more than the lock.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "limits/keyed_hash.hpp"
#include "limits/token_bucket.hpp"

namespace xzepr::limits {

class BucketTable {
 public:
  /// Kept in 64 stripes of equal size, each of at least one key.
  explicit BucketTable(std::size_t keys_max = 100'000);
  ~BucketTable();
  /// A new key that finds no room, because every bucket near its turn is in use, shares one bucket with
  /// all the others of its stripe in that position: it is neither free of limits nor always refused.
  [[nodiscard]] Verdict take(std::string_view key, std::uint32_t rpm, TokenBucket::Clock::time_point now);
  /// Makes the bucket of `key`, when it is kept, hold what a shared one is known to hold.
  void settle(std::string_view key, std::uint32_t rpm, double tokens, TokenBucket::Clock::time_point now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Stripe;
  [[nodiscard]] Stripe& stripe_of(std::uint64_t hash) const;

  HashKey hash_key_;
  std::unique_ptr<Stripe[]> stripes_;
  std::size_t keys_per_stripe_max_;
};

}  // namespace xzepr::limits

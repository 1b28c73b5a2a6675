#include "limits/bucket_table.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace xzepr::limits {
namespace {

constexpr std::size_t stripe_count = 64;

// How many of the least recently used are looked at for one that may be forgotten: a bound on the time in the
// lock.
constexpr std::size_t candidates_max = 16;

using Now = TokenBucket::Clock::time_point;

// A bucket is known by the hash of its key alone. Two keys of 100,000 share one with probability 3e-10, which
// costs them half a limit; in exchange no caller decides how much memory a key takes.
struct Entry {
  std::uint64_t hash;
  TokenBucket bucket;
};

using Order = std::list<Entry>;

// A bucket refills within a minute: one that is full after half of it is half full now.
constexpr auto forgettable = std::to_array<std::chrono::seconds>(
    {std::chrono::seconds{0}, std::chrono::seconds{15}, std::chrono::seconds{30}});

// The one to forget, from the least recently used on: the first full one, else the first that is nearly so.
// Who is forgotten begins with a full bucket, so one that was exhausted a moment ago must not be (B12).
Order::iterator find_victim(Order& by_use, Now now) {
  const auto end =
      std::next(by_use.begin(), static_cast<std::ptrdiff_t>(std::min(candidates_max, by_use.size())));
  for (const auto ahead : forgettable) {
    const auto found = std::find_if(by_use.begin(), end, [&](const Entry& entry) {
      return entry.bucket.is_full(now + ahead) && !entry.bucket.is_exhausted(now);
    });
    if (found != end) return found;
  }
  return by_use.end();
}

// So that the next search sees others.
void move_candidates_to_back(Order& by_use) {
  const auto count = std::min(candidates_max, by_use.size());
  auto end = by_use.begin();
  std::advance(end, count);
  by_use.splice(by_use.end(), by_use, by_use.begin(), end);
}

}  // namespace

struct alignas(64) BucketTable::Stripe {
  std::mutex mutex;
  Order by_use;  // the least recently used first
  std::unordered_map<std::uint64_t, Order::iterator> by_hash;
  std::optional<TokenBucket> overflow;

  TokenBucket& bucket_for(std::uint64_t hash, std::uint32_t rpm, Now now, std::size_t keys_max);
  bool make_room(Now now, std::size_t keys_max);
};

bool BucketTable::Stripe::make_room(Now now, std::size_t keys_max) {
  if (by_use.size() < keys_max) return true;
  const auto victim = find_victim(by_use, now);
  if (victim == by_use.end()) {
    move_candidates_to_back(by_use);
    return false;
  }
  by_hash.erase(victim->hash);
  by_use.erase(victim);
  return true;
}

TokenBucket& BucketTable::Stripe::bucket_for(std::uint64_t hash, std::uint32_t rpm, Now now,
                                             std::size_t keys_max) {
  if (const auto known = by_hash.find(hash); known != by_hash.end()) {
    by_use.splice(by_use.end(), by_use, known->second);
    return known->second->bucket;
  }
  if (!make_room(now, keys_max)) {
    if (!overflow) overflow.emplace(rpm, now);
    return *overflow;
  }
  by_use.push_back({.hash = hash, .bucket = TokenBucket(rpm, now)});
  by_hash.emplace(hash, std::prev(by_use.end()));
  return by_use.back().bucket;
}

BucketTable::BucketTable(std::size_t keys_max)
    : hash_key_(random_hash_key()),
      stripes_(std::make_unique<Stripe[]>(stripe_count)),
      keys_per_stripe_max_(std::max<std::size_t>(1, keys_max / stripe_count)) {}

BucketTable::~BucketTable() = default;

BucketTable::Stripe& BucketTable::stripe_of(std::uint64_t hash) const {
  return stripes_[hash % stripe_count];
}

void BucketTable::settle(std::string_view key, std::uint32_t rpm, double tokens, Now now) {
  const std::uint64_t hash = keyed_hash(key, hash_key_);
  Stripe& stripe = stripe_of(hash);
  const std::lock_guard lock(stripe.mutex);
  const auto known = stripe.by_hash.find(hash);
  if (known != stripe.by_hash.end()) known->second->bucket.settle(rpm, tokens, now);
}

Verdict BucketTable::take(std::string_view key, std::uint32_t rpm, Now now) {
  const std::uint64_t hash = keyed_hash(key, hash_key_);
  Stripe& stripe = stripe_of(hash);
  const std::lock_guard lock(stripe.mutex);
  return stripe.bucket_for(hash, rpm, now, keys_per_stripe_max_).take(rpm, now);
}

std::size_t BucketTable::size() const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < stripe_count; ++i) {
    const std::lock_guard lock(stripes_[i].mutex);
    size += stripes_[i].by_use.size();
  }
  return size;
}

}  // namespace xzepr::limits

// The port to buckets that several nodes share. One object per shard, used on that shard only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/task.hpp"

namespace xzepr::limits {

/// One bucket from which a request takes a token.
struct Demand {
  std::string key;
  std::uint32_t rpm = 0;
};

/// The buckets of one request, all of one caller: the tier's, and perhaps an endpoint's.
struct Demands {
  std::array<Demand, 2> buckets = {};
  std::size_t count = 0;
};

/// What one of them said: whether a token was there, and how many are left.
struct Taken {
  bool is_admitted = false;
  double tokens = 0;
};

class SharedBuckets {
 public:
  SharedBuckets() = default;
  SharedBuckets(const SharedBuckets&) = delete;
  SharedBuckets& operator=(const SharedBuckets&) = delete;
  virtual ~SharedBuckets() = default;

  /// False: take() would have no answer, so that nobody need call it.
  [[nodiscard]] virtual bool is_up() const = 0;
  /// Takes a token from each, in one step for all nodes. nullopt within some milliseconds when nobody can
  /// say: then this node's own buckets count. Throws nothing but the cancellation of the Task.
  [[nodiscard]] virtual Task<std::optional<std::array<Taken, 2>>> take(Demands demands) = 0;
};

}  // namespace xzepr::limits

// What the health routes ask. Implemented by the composition root, which knows the store and the drain; one
// object per shard.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.hpp"
#include "base/task.hpp"

namespace xzepr::api {

enum class Health : std::uint8_t { healthy, degraded, unhealthy };
[[nodiscard]] std::string_view to_string(Health health);

struct HealthCheck {
  std::string name;  ///< "database", ...
  Health health = Health::healthy;
  std::string message = {};  ///< for people with system_read only
  std::chrono::microseconds response_time{};
};

class HealthSource {
 public:
  virtual ~HealthSource() = default;
  /// One check per dependency; one that is away is a check that says so. Anybody may ask as often as he
  /// likes, so an answer may be up to a second old. Throws nothing.
  [[nodiscard]] virtual Task<std::vector<HealthCheck>> check(Deadline deadline) = 0;
  /// True from the first signal to stop.
  [[nodiscard]] virtual bool is_draining() const = 0;
};

/// The worst of all.
[[nodiscard]] Health overall(const std::vector<HealthCheck>& checks);

}  // namespace xzepr::api

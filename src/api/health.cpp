#include "api/health.hpp"

#include <algorithm>
#include <utility>

namespace xzepr::api {

std::string_view to_string(Health health) {
  switch (health) {
    case Health::healthy: return "healthy";
    case Health::degraded: return "degraded";
    case Health::unhealthy: return "unhealthy";
  }
  std::unreachable();
}

Health overall(const std::vector<HealthCheck>& checks) {
  Health worst = Health::healthy;
  for (const auto& check : checks) worst = std::max(worst, check.health);
  return worst;
}

}  // namespace xzepr::api

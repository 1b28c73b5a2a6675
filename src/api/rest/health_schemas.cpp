#include <array>

#include "api/rest/schemas.hpp"

namespace xzepr::api::rest {
namespace {

json::Value state() { return schema::choice({"healthy", "degraded", "unhealthy"}); }

json::Value health() {
  return schema::answer("", {{"status", state(), ""}, {"version", schema::text(), "Of the server."}});
}

json::Value liveness() { return schema::answer("", {{"status", schema::choice({"healthy"}), ""}}); }

json::Value health_check() {
  return schema::answer("", {{"status", state(), ""},
                             {"message", schema::text(), ""},
                             {"response_time_ms", schema::number(0), ""}});
}

json::Value detailed_health() {
  return schema::answer("", {{"status", state(), ""},
                             {"version", schema::text(), "Of the server."},
                             {"uptime", schema::integer(0), "Seconds since the server started."},
                             {"checks", schema::map_of(schema::ref("HealthCheck")), "By dependency."}});
}

constexpr auto health_schema_table = std::to_array<NamedSchema>({{"Health", health},
                                                                 {"Liveness", liveness},
                                                                 {"HealthCheck", health_check},
                                                                 {"DetailedHealth", detailed_health}});

}  // namespace

std::span<const NamedSchema> health_schemas() { return health_schema_table; }

}  // namespace xzepr::api::rest

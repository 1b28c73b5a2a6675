#include <array>

#include "api/rest/object_text.hpp"
#include "api/rest/reply.hpp"
#include "api/rest/routes.hpp"
#include "api/services.hpp"

namespace xzepr::api::rest {
namespace {

int status_of(Health health) { return health == Health::unhealthy ? 503 : 200; }

std::string render_health(Health health, const Services& services) {
  std::string out;
  ObjectText object(out);
  object.text("status", to_string(health));
  object.text("version", services.version);
  object.close();
  return out;
}

void append_checks(std::string& out, const std::vector<HealthCheck>& checks) {
  ObjectText object(out);
  for (const auto& check : checks) {
    object.key(check.name);
    ObjectText inner(out);
    inner.text("status", to_string(check.health));
    inner.text("message", check.message);
    inner.json("response_time_ms",
               fmt::format("{:.3f}", std::chrono::duration<double, std::milli>(check.response_time).count()));
    inner.close();
  }
  object.close();
}

Task<Result<http::Response>> get_health(Exchange& exchange, const Services& services) {
  const auto checks = co_await services.health.check(exchange.context.deadline);
  const auto health = overall(checks);
  co_return json_reply(render_health(health, services), status_of(health));
}

Result<http::Response> get_live(const Exchange&, const Services&) {
  return json_reply(R"({"status":"healthy"})");
}

Task<Result<http::Response>> get_ready(Exchange& exchange, const Services& services) {
  auto health = Health::unhealthy;
  if (!services.health.is_draining()) {
    const auto checks = co_await services.health.check(exchange.context.deadline);
    health = overall(checks);
  }
  co_return json_reply(render_health(health, services), status_of(health));
}

Task<Result<http::Response>> get_detailed(Exchange& exchange, const Services& services) {
  const auto checks = co_await services.health.check(exchange.context.deadline);
  const auto health = overall(checks);
  http::Response response{.status = status_of(health)};
  ObjectText object(response.body);
  object.text("status", to_string(health));
  object.text("version", services.version);
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(exchange.context.now - services.started_at);
  object.number("uptime", uptime.count());
  object.key("checks");
  append_checks(response.body, checks);
  object.close();
  co_return response;
}

Result<http::Response> get_metrics(const Exchange&, const Services& services) {
  return http::Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                        .body = services.metrics.render()};
}

constexpr auto health_route_table = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/health",
     .demand = identity::Permission::none,
     .action = get_health,
     .operation = "getHealth",
     .summary = "Is the server in order",
     .answers = {ok("Health"), {503, "Unhealthy.", "Health"}},
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/health/live",
     .demand = identity::Permission::none,
     .action = get_live,
     .operation = "getLiveness",
     .summary = "Does the process answer; touches no dependency",
     .answers = ok("Liveness"),
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/health/ready",
     .demand = identity::Permission::none,
     .action = get_ready,
     .operation = "getReadiness",
     .summary = "May requests be sent here; 503 when the store is down or the server drains",
     .answers = {ok("Health"), {503, "Not ready, or draining.", "Health"}},
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/health/detailed",
     .demand = identity::Permission::system_read,
     .action = get_detailed,
     .operation = "getDetailedHealth",
     .summary = "Every check with its message and time",
     .answers = {ok("DetailedHealth"), {503, "Unhealthy.", "DetailedHealth"}},
     .limit = Limit::exempt},
    {.method = http::Method::get,
     .path = "/metrics",
     .demand = identity::Permission::system_read,
     .action = get_metrics,
     .operation = "getMetrics",
     .summary = "Metrics in the Prometheus text format",
     .answers = text_answer("text/plain"),
     .limit = Limit::exempt},
});

}  // namespace

std::span<const Route> health_routes() { return health_route_table; }

}  // namespace xzepr::api::rest

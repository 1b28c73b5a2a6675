#include "api/request_meter.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace xzepr::api {
namespace {

// Seconds: from a cached read to the request deadline.
const std::vector<double>& duration_bounds() {
  static const std::vector<double> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,    0.25,  0.5,    1,     2.5,  10,    30};
  return bounds;
}

}  // namespace

RequestMeter::RequestMeter(telemetry::Metrics& metrics, std::size_t route_count)
    : metrics_(metrics), routes_(route_count) {}

RequestMeter::Series& RequestMeter::series_of(const Seen& seen) {
  if (seen.route < routes_.size()) return routes_[seen.route];
  const auto found = std::ranges::find(unmatched_, seen.method, &std::pair<std::string_view, Series>::first);
  if (found != unmatched_.end()) return found->second;
  return unmatched_.emplace_back(seen.method, Series{}).second;
}

void RequestMeter::count(const Seen& seen) {
  auto& series = series_of(seen);
  if (!series.duration) {
    series.duration = metrics_.histogram("xzepr_http_request_duration_seconds",
                                         "Time from the request's head to its answer", duration_bounds(),
                                         {{"method", seen.method}, {"route", seen.path}});
  }
  series.duration->observe(std::chrono::duration<double>(seen.duration).count());
  auto found = std::ranges::find(series.requests, seen.status, &std::pair<int, telemetry::Counter>::first);
  if (found == series.requests.end()) {
    const auto status = fmt::to_string(seen.status);
    series.requests.emplace_back(
        seen.status, metrics_.counter("xzepr_http_requests_total", "Requests answered",
                                      {{"method", seen.method}, {"route", seen.path}, {"status", status}}));
    found = std::prev(series.requests.end());
  }
  found->second.add();
}

}  // namespace xzepr::api

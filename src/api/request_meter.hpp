// Counts requests by route template, method and status, never by what a client can invent. One object per
// shard; the series themselves are shared and lock-free.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "telemetry/metrics.hpp"

namespace xzepr::api {

class RequestMeter {
 public:
  RequestMeter(telemetry::Metrics& metrics, std::size_t route_count);

  struct Seen {
    std::size_t route;        ///< its number in the table, or route_count for what has no route
    std::string_view method;  ///< of the route, or of the request when there is no route: never free text
    std::string_view path;    ///< the template, or "unmatched"
    int status;
    std::chrono::steady_clock::duration duration;
  };
  void count(const Seen& seen);

 private:
  struct Series {
    std::optional<telemetry::Histogram> duration;
    std::vector<std::pair<int, telemetry::Counter>> requests;  // by status
  };
  Series& series_of(const Seen& seen);

  telemetry::Metrics& metrics_;
  std::vector<Series> routes_;                                  // the last one: no route
  std::vector<std::pair<std::string_view, Series>> unmatched_;  // by method
};

}  // namespace xzepr::api

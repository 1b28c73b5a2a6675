// Reads the parameters of a query one by one and reports every fault at once, as json::ObjectReader does for
// bodies.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "service/event_service.hpp"
#include "service/page.hpp"

namespace xzepr::api {

/// Errc::invalid, code "query_invalid", when a parameter is unknown to the route or repeated.
[[nodiscard]] Result<void> check_query(const http::QueryParameters& query, const Route& route);

class QueryReader {
 public:
  explicit QueryReader(const http::QueryParameters& query) : query_(query) {}

  /// Each is nullopt when absent; a fault is recorded and reads as absent. The kind and the bounds are the
  /// parameter's own, as the description of the API tells them.
  [[nodiscard]] std::optional<std::string> text(const Parameter& parameter);
  [[nodiscard]] std::optional<bool> flag(const Parameter& parameter);
  [[nodiscard]] std::optional<TimePoint> time(const Parameter& parameter);
  [[nodiscard]] std::optional<std::string> choice(const Parameter& parameter);
  /// Decimal seconds.
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds(const Parameter& parameter);
  /// Every name that begins as a prefixed parameter does, in the order given: `payload.<pointer>=`.
  [[nodiscard]] std::vector<service::PayloadFilter> payload(const Parameter& parameter) const;
  /// `limit`, `after` and `count`.
  [[nodiscard]] service::PageRequest page();

  void add(std::string_view name, std::string_view keyword, std::string message);
  /// All faults, or nothing. Call once, last.
  [[nodiscard]] std::optional<Error> finish();

 private:
  [[nodiscard]] const std::string* find(const Parameter& parameter, ParameterKind kind) const;

  const http::QueryParameters& query_;
  std::vector<Violation> violations_;
};

}  // namespace xzepr::api

// One request as a handler sees it: routed, authenticated, with its query read and its headers checked. It
// lives in the pipeline's frame until the answer is made.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/route.hpp"
#include "http/query.hpp"
#include "service/context.hpp"

namespace xzepr::api {

struct Exchange {
  const http::Request& request;
  const Route& route;
  std::span<const std::string_view> path;  ///< the template's parameters, decoded, in order
  const http::QueryParameters& query;      ///< only names that the route knows, each once
  service::Context context;
  std::optional<service::Idempotency> idempotency;  ///< of a POST with an Idempotency-Key
  bool is_ndjson = false;                           ///< the body is application/x-ndjson

  /// "" when the parameter is absent.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

}  // namespace xzepr::api

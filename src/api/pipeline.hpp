// What happens to every request, in one order: see serve() in the source, a reason per line. One object per
// shard, used on that shard only; the RouteTable, the RateLimiter, the log and the metrics are shared.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/client_address.hpp"
#include "api/rate_limit.hpp"
#include "api/request_meter.hpp"
#include "api/route_table.hpp"
#include "api/services.hpp"
#include "http/server.hpp"
#include "telemetry/log.hpp"

namespace xzepr::api {

/// What the shards share. Everything must outlive every Pipeline.
struct PipelineParts {
  const RouteTable& routes;
  RateLimiter& limiter;
  const TrustedProxies& proxies;
  IdSource& ids;
  telemetry::Log& log;
  telemetry::Metrics& metrics;
};

class Pipeline final : public http::Application {
 public:
  Pipeline(const PipelineParts& parts, const Services& services);
  ~Pipeline() override;

  [[nodiscard]] Task<http::Response> handle(http::Request& request) override;
  [[nodiscard]] std::size_t body_bytes_max(http::Method method, std::string_view target) const override;
  [[nodiscard]] http::Response protocol_error(int status, std::string_view code,
                                              std::string_view detail) const override;

 private:
  struct Call;

  [[nodiscard]] Task<http::Response> serve(Call& call);
  [[nodiscard]] Task<Result<http::Response>> admitted(Call& call);
  [[nodiscard]] Task<Result<void>> identify(Call& call);
  [[nodiscard]] Result<void> limit(Call& call);
  void find_route(Call& call) const;
  [[nodiscard]] std::optional<http::Response> answer_unrouted(const Call& call) const;
  [[nodiscard]] http::Response refuse(Call& call, const Error& error);
  [[nodiscard]] http::Response fault(const Call& call, const std::exception& what,
                                     std::optional<Fault::Kind> kind);
  void finish(Call& call, http::Response& response);

  PipelineParts parts_;
  const Services& services_;
  RequestMeter meter_;
};

}  // namespace xzepr::api

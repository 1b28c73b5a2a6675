// What happens to every request, in one order: see serve() in the source, a reason per line. One object per
// shard, used on that shard only; the RouteTable, the RateLimiter, the log and the metrics are shared.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/client_address.hpp"
#include "api/cors.hpp"
#include "api/rate_limit.hpp"
#include "api/request_head.hpp"
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
  limits::SharedBuckets* shared_buckets = nullptr;  ///< null: this node counts alone
  const TrustedProxies& proxies;
  const CorsPolicy& cors;
  bool is_https = false;  ///< this server ends TLS: its answers say so for a year (HSTS, RFC 6797)
  IdSource& ids;
  telemetry::Log& log;
  telemetry::Metrics& metrics;
};

class Pipeline final : public http::Application {
 public:
  Pipeline(const PipelineParts& parts, const Services& services);
  ~Pipeline() override;

  [[nodiscard]] Task<http::Response> handle(http::Request& request) override;
  [[nodiscard]] http::BodyRule body_rule(http::Method method, std::string_view target) const override;
  [[nodiscard]] http::Response protocol_error(int status, std::string_view code,
                                              std::string_view detail) const override;

 private:
  struct Call;

  [[nodiscard]] Task<Result<http::Response>> serve(Call& call);
  [[nodiscard]] std::optional<http::Response> answer_at_once(const Call& call) const;
  [[nodiscard]] Result<SentCredential> find_credential(const Call& call) const;
  [[nodiscard]] Result<void> check_origin(const Call& call) const;
  [[nodiscard]] Task<Result<std::shared_ptr<const identity::Principal>>> authenticate(SentCredential sent,
                                                                                      const Call& call);
  [[nodiscard]] bool may_be_genuine(SentCredential sent, TimePoint now) const;
  [[nodiscard]] std::string address_of(const Call& call) const;
  [[nodiscard]] Result<void> count(Call& call, bool is_known);
  [[nodiscard]] Task<Result<void>> count_together(Call& call);
  [[nodiscard]] http::Response refuse(const Call& call, const Error& error);
  [[nodiscard]] http::Response fault(const Call& call, const std::exception& what);
  void finish(const Call& call, http::Response& response);
  void log_request(const Call& call, const http::Response& response,
                   std::chrono::steady_clock::duration took);

  PipelineParts parts_;
  const Services& services_;
  RequestMeter meter_;
  std::optional<telemetry::Counter> counted_alone_;  // when counts are shared
};

}  // namespace xzepr::api

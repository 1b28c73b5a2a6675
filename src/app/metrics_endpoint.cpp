#include "app/metrics_endpoint.hpp"

#include <charconv>

#include "base/error.hpp"

namespace xzepr::app {
namespace {

class MetricsApplication final : public http::Application {
 public:
  explicit MetricsApplication(telemetry::Metrics& metrics) : metrics_(metrics) {}

  Task<http::Response> handle(http::Request& request) override {
    http::Response response;
    response.content_type = "text/plain; version=0.0.4";
    if (request.path != "/metrics") {
      response.status = 404;
      response.body = "the metrics are at /metrics\n";
    } else {
      response.body = metrics_.render();
    }
    co_return response;
  }
  http::BodyRule body_rule(http::Method, std::string_view) const override { return {.bytes_max = 0}; }
  http::Response protocol_error(int status, std::string_view, std::string_view detail) const override {
    return {.status = status,
            .content_type = "text/plain",
            .body = std::string(detail) + "\n",
            .must_close = true};
  }

 private:
  telemetry::Metrics& metrics_;
};

std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size())
    throw Fault(Fault::Kind::refused, "telemetry.metrics_listen must be HOST:PORT");
  return port;
}

}  // namespace

std::unique_ptr<http::Application> make_metrics_application(telemetry::Metrics& metrics) {
  return std::make_unique<MetricsApplication>(metrics);
}

std::unique_ptr<http::Server> listen_for_metrics(const Config& config, http::Shard shard, telemetry::Log& log,
                                                 telemetry::Metrics& metrics) {
  const std::string_view listen = config.telemetry.metrics_listen;
  if (!config.telemetry.metrics_enabled || listen.empty()) return nullptr;
  const auto colon = listen.rfind(':');
  const http::ServerOptions options{.host = std::string(listen.substr(0, colon)),
                                    .port = port_of(listen.substr(colon + 1))};
  try {
    return std::make_unique<http::Server>(options, std::vector<http::Shard>{shard}, log, metrics);
  } catch (const Fault& fault) {
    if (config.profile == Profile::production) throw;
    log.warn("app", "metrics have no listener of their own", {{"error", std::string_view(fault.what())}});
    return nullptr;
  }
}

}  // namespace xzepr::app

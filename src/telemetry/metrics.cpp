#include "telemetry/metrics.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace xzepr::telemetry {
namespace {

std::map<std::string, std::string> to_map(Labels labels) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : labels) out.emplace(name, value);
  return out;
}

struct ScrapedGauge {
  std::string name;
  std::string help;
  std::function<double()> value;
};

prometheus::MetricFamily read(const ScrapedGauge& gauge) {
  prometheus::MetricFamily family;
  family.name = gauge.name;
  family.help = gauge.help;
  family.type = prometheus::MetricType::Gauge;
  family.metric.resize(1);
  family.metric.front().gauge.value = gauge.value();
  return family;
}

bool labels_before(const prometheus::ClientMetric& a, const prometheus::ClientMetric& b) {
  return a.label < b.label;
}

// The registry keeps hash order; a reader, and a test, want the same text twice.
void sort(std::vector<prometheus::MetricFamily>& families) {
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  for (auto& family : families) std::ranges::sort(family.metric, labels_before);
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::vector<ScrapedGauge> scraped;  // guarded by mutex
};

void Counter::add(std::uint64_t count) noexcept {
  static_cast<prometheus::Counter*>(impl_)->Increment(static_cast<double>(count));
}
void Gauge::set(double value) noexcept { static_cast<prometheus::Gauge*>(impl_)->Set(value); }
void Gauge::add(double delta) noexcept { static_cast<prometheus::Gauge*>(impl_)->Increment(delta); }
void Histogram::observe(double value) noexcept { static_cast<prometheus::Histogram*>(impl_)->Observe(value); }

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
  auto& family =
      prometheus::BuildCounter().Name(std::string(name)).Help(std::string(help)).Register(impl_->registry);
  return Counter(&family.Add(to_map(labels)));
}

Gauge Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
  auto& family =
      prometheus::BuildGauge().Name(std::string(name)).Help(std::string(help)).Register(impl_->registry);
  return Gauge(&family.Add(to_map(labels)));
}

Histogram Metrics::histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds,
                             Labels labels) {
  auto& family =
      prometheus::BuildHistogram().Name(std::string(name)).Help(std::string(help)).Register(impl_->registry);
  return Histogram(&family.Add(to_map(labels), bounds));
}

void Metrics::gauge_on_scrape(std::string_view name, std::string_view help, std::function<double()> value) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->scraped.push_back({std::string(name), std::string(help), std::move(value)});
}

std::string Metrics::render() {
  auto families = impl_->registry.Collect();
  {
    const std::scoped_lock lock(impl_->mutex);
    for (const auto& gauge : impl_->scraped) families.push_back(read(gauge));
  }
  sort(families);
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families);
  return std::move(out).str();
}

}  // namespace xzepr::telemetry

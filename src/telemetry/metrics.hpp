// Metrics in the Prometheus text format. A module declares what it counts and keeps the handle; the handles
// are lock-free and valid as long as the Metrics. prometheus-cpp's headers are included by this module only.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xzepr::telemetry {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept;

 private:
  friend class Metrics;
  explicit Counter(void* impl) : impl_(impl) {}
  void* impl_;
};

class Gauge {
 public:
  void set(double value) noexcept;
  void add(double delta) noexcept;

 private:
  friend class Metrics;
  explicit Gauge(void* impl) : impl_(impl) {}
  void* impl_;
};

class Histogram {
 public:
  void observe(double value) noexcept;

 private:
  friend class Metrics;
  explicit Histogram(void* impl) : impl_(impl) {}
  void* impl_;
};

/// The registry. Asking again for the same name and labels gives the same series.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  [[nodiscard]] Counter counter(std::string_view name, std::string_view help, Labels labels = {});
  [[nodiscard]] Gauge gauge(std::string_view name, std::string_view help, Labels labels = {});
  [[nodiscard]] Histogram histogram(std::string_view name, std::string_view help,
                                    const std::vector<double>& bounds, Labels labels = {});
  /// Read when scraped; `value` must be callable from any thread as long as this lives.
  void gauge_on_scrape(std::string_view name, std::string_view help, std::function<double()> value);

  /// text/plain; version=0.0.4
  [[nodiscard]] std::string render();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xzepr::telemetry

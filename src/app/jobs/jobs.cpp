#include "app/jobs/jobs.hpp"

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;

constexpr auto catalogue_poll_interval = 250ms;
constexpr auto sweep_idle_interval = 500ms;
constexpr auto sweep_pause = 2ms;  // between slices, so that events pass in between
constexpr auto key_use_interval = 60s;
constexpr auto step_timeout = 10s;

// Logs the first failure of a row of them, and the recovery.
class Outage {
 public:
  Outage(telemetry::Log& log, std::string_view job) : log_(log), job_(job) {}
  void failed(const Fault& fault) {
    if (!is_on_)
      log_.error("jobs", "a background job fails and goes on trying",
                 {{"job", job_}, {"error", std::string_view(fault.what())}});
    is_on_ = true;
  }
  void passed() {
    if (is_on_) log_.info("jobs", "a background job works again", {{"job", job_}});
    is_on_ = false;
  }

 private:
  telemetry::Log& log_;
  std::string_view job_;
  bool is_on_ = false;
};

}  // namespace

Task<> watch_catalogue(service::Catalogue& catalogue, store::CatalogueStore& store, telemetry::Log& log) {
  Outage outage(log, "watch_catalogue");
  for (;;) {
    co_await sleep_for(catalogue_poll_interval);
    try {
      co_await catalogue.refresh(store, Deadline::after(step_timeout));
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
  }
}

Task<> sweep_gates(service::Catalogue& catalogue, store::CatalogueStore& catalogue_store,
                   store::GateStore& gates, const Clock& clock, telemetry::Log& log) {
  Outage outage(log, "sweep_gates");
  for (;;) {
    store::SweepProgress progress;
    try {
      auto snapshot = service::CompiledCatalogue::domain_of(catalogue.snapshot());
      progress = co_await gates.sweep_slice(std::move(snapshot), clock.now(), Deadline::after(step_timeout));
      // Found, but nothing done: the snapshot is older than the head.
      if (progress.is_found && progress.artifacts == 0)
        co_await catalogue.refresh(catalogue_store, Deadline::after(step_timeout));
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
    if (progress.is_found) {
      co_await sleep_for(sweep_pause);
    } else {
      co_await sleep_for(sweep_idle_interval);
    }
  }
}

Task<> record_key_use(service::IdentityService& identities, const Clock& clock, telemetry::Log& log) {
  Outage outage(log, "record_key_use");
  for (;;) {
    co_await sleep_for(key_use_interval);
    try {
      co_await identities.flush_touches(clock.now(), Deadline::after(step_timeout));
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
  }
}

}  // namespace xzepr::app

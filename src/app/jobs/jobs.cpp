#include "app/jobs/jobs.hpp"

#include <utility>

namespace xzepr::app {
namespace {

using namespace std::chrono_literals;

constexpr auto catalogue_poll_interval = 250ms;
constexpr auto sweep_idle_interval = 500ms;
constexpr auto sweep_pause = 2ms;  // between slices, so that events pass in between
constexpr auto index_idle_interval = 200ms;
constexpr auto index_pause = 2ms;
constexpr auto index_pause_max = 2s;
constexpr int index_pause_times = 30;              // of what a slice took, while events are being appended
constexpr std::int64_t index_few_positions = 100;  // appended since the last slice: no load to speak of
constexpr auto key_use_interval = 60s;
constexpr auto look_interval = 250ms;  // for newer signing keys
constexpr auto limited_interval = 1s;
constexpr auto retention_interval = 1h;
constexpr auto retention_pause = 50ms;  // between slices, so that others write in between
constexpr std::size_t retention_slice = 1'000;
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

service::Context job_context(const Clock& clock) {
  return {
      .principal = nullptr, .deadline = Deadline::after(step_timeout), .now = clock.now(), .request_id = {}};
}

std::string current_id_of(const identity::SigningKeyRing& ring) {
  const auto keys = ring.keys();
  return keys == nullptr ? std::string() : keys->current_id();
}

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

Task<> index_events(store::SearchStore& search, telemetry::Log& log) {
  using Clock = std::chrono::steady_clock;
  Outage outage(log, "index_events");
  std::int64_t last_head = 0;
  for (;;) {
    Clock::duration pause = index_idle_interval;
    try {
      const auto begun = Clock::now();
      const auto progress = co_await search.index_slice(Deadline::after(step_timeout));
      outage.passed();
      const bool is_busy =
          progress.head_position - std::exchange(last_head, progress.head_position) > index_few_positions;
      if (progress.is_behind()) pause = index_pause;
      if (progress.is_behind() && is_busy)
        pause = std::min<Clock::duration>((Clock::now() - begun) * index_pause_times, index_pause_max);
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
    co_await sleep_for(pause);
  }
}

Task<> watch_signing_keys(identity::SigningKeyRing& ring, AuditParts parts) {
  Outage outage(parts.log, "watch_signing_keys");
  std::string told_id = current_id_of(ring);
  std::string recorded_id = told_id;
  for (;;) {
    co_await sleep_for(look_interval);
    (void)ring.ask_again(look_interval / 2, identity::Look::routine);
    const auto id = current_id_of(ring);
    if (id != std::exchange(told_id, id))
      parts.log.info("identity", "the signing key was rotated", {{"kid", std::string_view(id)}});
    if (id == recorded_id) continue;
    try {
      service::AuditNote note{.action = identity::AuditAction::signing_key_rotated, .target = id};
      note.detail = "taken by a running server";
      auto context = job_context(parts.clock);
      co_await parts.audit.record(parts.sessions, std::move(context), std::move(note));
      recorded_id = id;
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
  }
}

Task<> record_limited_logins(service::LimitedLogins& logins, AuditParts parts) {
  Outage outage(parts.log, "record_limited_logins");
  for (;;) {
    co_await sleep_for(limited_interval);
    auto due = logins.take_due(parts.clock.now());
    if (due.empty()) continue;
    const auto now = parts.clock.now();
    try {
      co_await service::write_limited_logins(parts.audit, parts.sessions, due, now,
                                             Deadline::after(step_timeout));
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
    for (const auto& login : due) logins.give_back(login, now);
  }
}

Task<> remove_old_audit(std::chrono::days kept, AuditParts parts) {
  Outage outage(parts.log, "remove_old_audit");
  for (;;) {
    std::uint64_t removed = 0;
    try {
      const auto end = parts.clock.now() - kept;
      removed = co_await parts.sessions.remove_audit(end, retention_slice, Deadline::after(step_timeout));
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
    if (removed > 0)
      parts.log.debug("jobs", "old audit rows removed", {{"rows", static_cast<std::int64_t>(removed)}});
    if (removed == retention_slice) {
      co_await sleep_for(retention_pause);
    } else {
      co_await sleep_for(retention_interval);
    }
  }
}

Task<> remove_old_deliveries(std::chrono::days kept, store::WebhookStore& webhooks, const Clock& clock,
                             telemetry::Log& log) {
  Outage outage(log, "remove_old_deliveries");
  for (;;) {
    std::uint64_t removed = 0;
    try {
      const auto end = kept.count() == 0 ? TimePoint{} : clock.now() - kept;
      removed = co_await webhooks.remove_old_deliveries(end, retention_slice, Deadline::after(step_timeout));
      outage.passed();
    } catch (const Fault& fault) {
      outage.failed(fault);
    }
    if (removed >= retention_slice) {
      co_await sleep_for(retention_pause);
    } else {
      co_await sleep_for(retention_interval);
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

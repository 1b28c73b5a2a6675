#include "journal/relay_driver.hpp"

#include <utility>

namespace xzepr::journal {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view log_target = "journal";
constexpr auto store_timeout = 2s;  // of one step: a lease is renewed in time after one that failed
constexpr auto measure_every = 1s;
constexpr auto resend_every = 1s;

Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace

RelayDriver::RelayDriver(asio::io_context& loop, RelayOptions options, Parts parts)
    : options_(std::move(options)),
      parts_(parts),
      relay_(options_.settings, options_.profile),
      metrics_(parts.metrics, options_.sink),
      resends_(options_.sink, options_.profile,
               {.journal = parts.journal, .sinks = parts.sinks, .transport = parts.transport}),
      wake_(loop) {
  parts_.transport.on_change([this] { wake_.notify(); });
}

void RelayDriver::hear_commit() {
  if (!is_commit_heard_.exchange(true)) wake_.notify();
}

void RelayDriver::stop(Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    stop_by_ = deadline;
  }
  is_commit_heard_ = true;
  wake_.notify();
}

RelayStatus RelayDriver::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Task<> RelayDriver::run() {
  while (!may_end()) {
    take_deliveries();
    if (is_commit_heard_) relay_.commit_heard();
    const auto next = relay_.next(now());
    co_await step(next);
    tell();
    if (now() >= measure_at_) co_await measure();
    if (now() >= resend_at_) co_await look_for_resends();
  }
  parts_.transport.stop();
  co_await release();
}

bool RelayDriver::may_end() const {
  const std::lock_guard lock(mutex_);
  if (!stop_by_) return false;
  return stop_by_->has_passed() || !relay_.is_driving() || relay_.state() != RelayState::running ||
         (relay_.is_caught_up() && !is_commit_heard_);
}

Task<> RelayDriver::step(RelayStep step) {
  switch (step) {
    case RelayStep::start:
      parts_.transport.start();
      resends_.forget();
      relay_.started();
      break;
    case RelayStep::stop:
      parts_.transport.stop();
      resends_.forget();
      relay_.stopped();
      break;
    case RelayStep::send: send(); break;
    case RelayStep::wait: co_await wait(); break;
    case RelayStep::take_lease:
    case RelayStep::renew_lease:
    case RelayStep::read:
    case RelayStep::advance:
    case RelayStep::bury: co_await ask_store(step); break;
  }
}

Task<> RelayDriver::ask_store(RelayStep step) {
  try {
    if (step == RelayStep::take_lease) co_await take_lease();
    if (step == RelayStep::renew_lease) co_await renew_lease();
    if (step == RelayStep::read) co_await read();
    if (step == RelayStep::advance) co_await advance();
    if (step == RelayStep::bury) co_await bury();
    is_store_away_ = false;
  } catch (const Fault& fault) {
    if (!std::exchange(is_store_away_, true))
      parts_.log.error(log_target, "the journal cannot be read or its position not moved; tried again",
                       {{"sink", options_.sink}, {"error", std::string_view(fault.what())}});
    relay_.store_failed(now());
  }
}

store::SinkDriver RelayDriver::driver() const {
  return {.sink = options_.sink, .epoch = relay_.epoch().value_or(0)};
}

Task<> RelayDriver::take_lease() {
  const auto asked = now();
  store::LeaseRequest request{
      .sink = options_.sink, .owner = options_.owner, .duration = options_.settings.lease};
  const auto lease = co_await parts_.sinks.take_lease(std::move(request), Deadline::after(store_timeout));
  relay_.taken(lease, asked);
  if (lease)
    parts_.log.info(log_target, "this node drives the sink",
                    {{"sink", options_.sink}, {"position", lease->position}, {"epoch", lease->epoch}});
}

Task<> RelayDriver::renew_lease() {
  const auto asked = now();
  auto mine = driver();
  const bool is_mine = co_await parts_.sinks.renew_lease(std::move(mine), options_.settings.lease,
                                                         Deadline::after(store_timeout));
  relay_.renewed(is_mine, asked);
}

Task<> RelayDriver::read() {
  is_commit_heard_ = false;  // and not before: until then nobody needs to wake this again
  const auto range = relay_.range();
  auto entries = co_await parts_.journal.read(range, Deadline::after(store_timeout));
  relay_.have_read(std::move(entries), now());
}

Task<> RelayDriver::advance() {
  auto mine = driver();
  const auto position = relay_.acknowledged();
  const bool is_mine =
      co_await parts_.sinks.advance(std::move(mine), position, Deadline::after(store_timeout));
  relay_.advanced(is_mine, position, now());
}

Task<> RelayDriver::bury() {
  auto letter = relay_.letter();
  letter.failed_at = parts_.clock.now();
  letter.id = domain::DeadLetterId{parts_.ids.next(letter.failed_at)};
  letter.sink = options_.sink;
  auto mine = driver();
  const auto position = letter.position;
  const std::string cause(domain::to_string(letter.cause));
  const std::string detail = letter.detail;
  const bool is_mine =
      co_await parts_.sinks.bury(std::move(mine), std::move(letter), Deadline::after(store_timeout));
  relay_.buried(is_mine);
  if (!is_mine) co_return;
  metrics_.add_dead_letter();
  parts_.log.error(log_target, "a row became a dead letter",
                   {{"sink", options_.sink}, {"position", position}, {"cause", cause}, {"detail", detail}});
}

Task<> RelayDriver::release() {
  if (!relay_.is_driving()) co_return;
  try {
    auto mine = driver();
    auto same = mine;
    const auto position = relay_.acknowledged();
    (void)co_await parts_.sinks.advance(std::move(same), position, Deadline::after(store_timeout));
    co_await parts_.sinks.release_lease(std::move(mine), Deadline::after(store_timeout));
  } catch (const Fault& fault) {
    parts_.log.warn(log_target, "the sink's lease could not be given back and ends by itself",
                    {{"sink", options_.sink}, {"error", std::string_view(fault.what())}});
  }
}

void RelayDriver::send() {
  for (const auto* message = relay_.to_send(); message != nullptr; message = relay_.to_send()) {
    if (parts_.transport.send(*message) == Offer::full) return relay_.send_full(now());
    relay_.sent();
  }
}

void RelayDriver::take_deliveries() {
  const auto moment = now();
  const auto time = parts_.clock.now();
  for (const auto& delivery : parts_.transport.take()) {
    metrics_.add(delivery);
    if (resends_.take(delivery)) continue;
    if (delivery.status == DeliveryStatus::delivered) {
      if (const auto at = relay_.committed_at(delivery.position)) metrics_.observe_lag(time - *at);
    }
    relay_.delivered(delivery, moment);
  }
}

Task<> RelayDriver::wait() {
  const auto moment = now();
  auto until = relay_.wake_at(moment);
  {
    const std::lock_guard lock(mutex_);
    if (stop_by_) until = std::min(until, stop_by_->at());
  }
  co_await wake_.wait_until(until);
}

// Every node tells the lag of every sink, whoever drives it.
Task<> RelayDriver::measure() {
  measure_at_ = now() + measure_every;
  try {
    const auto extent = co_await parts_.journal.extent(Deadline::after(store_timeout));
    newest_ = extent.newest;
    relay_.measured(newest_, now());
    auto durable = relay_.durable();
    if (!relay_.is_driving()) {
      const auto sinks = co_await parts_.sinks.list_sinks(Deadline::after(store_timeout));
      for (const auto& sink : sinks) {
        if (sink.name == options_.sink) durable = sink.position;
      }
    }
    const auto pending = std::max<std::int64_t>(newest_ - durable, 0);
    metrics_.set_pending(pending);
    const std::lock_guard lock(mutex_);
    status_.pending = pending;
  } catch (const Fault&) {
    // Told by the steps, which fail as well.
  }
}

Task<> RelayDriver::look_for_resends() {
  resend_at_ = now() + resend_every;
  if (!relay_.is_driving() || relay_.state() != RelayState::running) co_return;
  try {
    co_await resends_.look(Deadline::after(store_timeout));
  } catch (const Fault&) {
    // Told by the steps, which fail as well.
  }
}

// A change of state is one line; what is told stays up to date.
void RelayDriver::tell() {
  const auto state = relay_.state();
  metrics_.set_state(state);
  {
    const std::lock_guard lock(mutex_);
    status_.state = state;
    status_.why = state == RelayState::running || state == RelayState::standby ? "" : relay_.why();
  }
  if (state == std::exchange(told_, state)) return;
  const auto level = state == RelayState::blocked       ? telemetry::Level::error
                     : state == RelayState::backing_off ? telemetry::Level::warn
                                                        : telemetry::Level::info;
  parts_.log.write(level, log_target, "the sink has another state",
                   {{"sink", options_.sink}, {"state", to_string(state)}, {"why", relay_.why()}});
}

}  // namespace xzepr::journal

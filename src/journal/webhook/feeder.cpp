#include "journal/webhook/feeder.hpp"

#include <algorithm>
#include <utility>

#include "base/limits.hpp"

namespace xzepr::journal::webhook {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view feeder_log_target = "webhooks";
constexpr auto feeder_timeout = 2s;
constexpr auto lease = 6s;
constexpr auto renew_every = 2s;
constexpr auto take_every = 2s;
constexpr auto idle_pause = 500ms;  // while there is nobody to tell
constexpr auto feed_pace =
    20ms;  // between two that take what there is: each is a commit beside those of events
constexpr auto poll_pause = 100ms;  // for what other nodes commit
constexpr auto feeder_fault_pause = 500ms;
constexpr std::size_t rows_max = 500;
constexpr std::size_t deliveries_max = 2'000;  // about, in one transaction
constexpr std::size_t bytes_max = 4 * 1'048'576;

std::chrono::steady_clock::time_point feeder_now() { return std::chrono::steady_clock::now(); }
Deadline feeder_deadline() { return Deadline::after(feeder_timeout); }

}  // namespace

Feeder::Feeder(asio::io_context& loop, std::string owner, std::function<void()> on_fed, Parts parts)
    : owner_(std::move(owner)),
      on_fed_(std::move(on_fed)),
      parts_(parts),
      pending_(parts.metrics.gauge("events_journal_pending", "Journal rows that a sink has not delivered yet",
                                   {{"sink", sink_name}})),
      driving_(parts.metrics.gauge("xzepr_sink_driving", "1 while this node drives the sink",
                                   {{"sink", sink_name}})),
      wake_(loop) {}

void Feeder::hear_commit() {
  if (!is_commit_heard_.exchange(true)) wake_.notify();
}

void Feeder::stop() {
  is_stopped_ = true;
  wake_.notify();
}

Task<> Feeder::run() {
  while (!is_stopped_) {
    Pause pause = feeder_fault_pause;
    try {
      pause = co_await turn();
      is_store_away_ = false;
    } catch (const Fault& fault) {
      if (!std::exchange(is_store_away_, true))
        parts_.log.error(feeder_log_target, "the journal cannot be read for webhooks; tried again",
                         {{"error", std::string_view(fault.what())}});
    }
    const auto until = feeder_now() + pause;
    const auto earliest = std::min(until, feed_at_);
    while (!is_stopped_) {
      // Only whoever follows the journal has reason to hear of a commit.
      const bool hears = is_driving_ && !webhooks_.empty() && is_commit_heard_;
      const auto end = hears ? earliest : until;
      if (feeder_now() >= end) break;
      co_await wake_.wait_until(end);
    }
  }
  co_await release();
}

Task<Feeder::Pause> Feeder::turn() {
  const bool is_mine = co_await hold_lease();
  driving_.set(is_mine ? 1 : 0);
  if (!is_mine) co_return take_every;
  is_commit_heard_ = false;
  if (webhooks_.empty()) co_return co_await skip();
  co_return co_await feed();
}

// A driver that lost its lease hears of it from the store, whatever it believes.
Task<bool> Feeder::hold_lease() {
  if (is_driving_ && feeder_now() < renew_at_) co_return true;
  const auto asked = feeder_now();
  if (is_driving_) {
    auto mine = driver();
    is_driving_ = co_await parts_.sinks.renew_lease(std::move(mine), lease, feeder_deadline());
  } else {
    store::LeaseRequest request{.sink = std::string(sink_name), .owner = owner_, .duration = lease};
    const auto taken = co_await parts_.sinks.take_lease(std::move(request), feeder_deadline());
    is_driving_ = taken.has_value();
    if (taken) {
      epoch_ = taken->epoch;
      position_ = taken->position;
    }
  }
  renew_at_ = asked + renew_every;
  co_return is_driving_;
}

// Nobody is to be told of what was there before the look at who is.
Task<Feeder::Pause> Feeder::skip() {
  const auto extent = co_await parts_.journal.extent(feeder_deadline());
  co_await list();
  if (!webhooks_.empty()) co_return 0ms;
  if (extent.newest > position_) (void)co_await move(extent.newest, {});
  pending_.set(0);
  co_return idle_pause;
}

std::int64_t Feeder::start() const {
  const auto first = std::ranges::min(webhooks_, {}, &domain::Webhook::from_position).from_position;
  return std::max(position_, first);
}

Task<Feeder::Pause> Feeder::feed() {
  const std::size_t rows = std::clamp<std::size_t>(deliveries_max / webhooks_.size(), 10, rows_max);
  const store::JournalRange range{.after = start(), .rows_max = rows, .bytes_max = bytes_max};
  const auto entries = co_await parts_.journal.read(range, feeder_deadline());
  co_await list();
  if (entries.empty()) {
    pending_.set(0);
    co_return webhooks_.empty() ? 0ms : poll_pause;
  }
  auto deliveries = deliveries_of(entries);
  const bool is_for_somebody = !deliveries.empty();
  const bool is_mine = co_await move(entries.back().row.position, std::move(deliveries));
  if (is_mine && is_for_somebody) on_fed_();
  const auto extent = co_await parts_.journal.extent(feeder_deadline());
  pending_.set(static_cast<double>(std::max<std::int64_t>(extent.newest - position_, 0)));
  feed_at_ = feeder_now() + feed_pace;
  if (entries.size() == rows) co_return 0ms;
  co_return extent.newest > position_ ? Pause{feed_pace} : poll_pause;
}

Task<bool> Feeder::move(std::int64_t position, std::vector<domain::WebhookDelivery> deliveries) {
  auto mine = driver();
  is_driving_ =
      co_await parts_.webhooks.feed(std::move(mine), position, std::move(deliveries), feeder_deadline());
  if (is_driving_) position_ = position;
  co_return is_driving_;
}

Task<> Feeder::list() {
  webhooks_ = co_await parts_.webhooks.list_webhooks({}, limits::webhooks_max, feeder_deadline());
  std::erase_if(webhooks_, [](const domain::Webhook& one) { return !one.enabled; });
}

std::vector<domain::WebhookDelivery> Feeder::deliveries_of(
    const std::vector<domain::JournalEntry>& entries) const {
  std::vector<domain::WebhookDelivery> deliveries;
  const auto at = parts_.clock.now();
  for (const auto& entry : entries) {
    if (domain::message_kind(entry.row.kind).empty()) continue;
    const auto facts = domain::facts_of(entry);
    for (const auto& webhook : webhooks_) {
      if (entry.row.position <= webhook.from_position || !webhook.filter.matches(facts)) continue;
      deliveries.push_back(domain::delivery_of(entry.row, webhook.id, domain::DeliveryId{parts_.ids.next(at)},
                                               domain::DeliveryCause::message, at));
    }
  }
  return deliveries;
}

Task<> Feeder::release() {
  driving_.set(0);
  if (!is_driving_) co_return;
  try {
    auto mine = driver();
    co_await parts_.sinks.release_lease(std::move(mine), feeder_deadline());
  } catch (const Fault&) {
    // It ends by itself.
  }
}

store::SinkDriver Feeder::driver() const { return {.sink = std::string(sink_name), .epoch = epoch_}; }

}  // namespace xzepr::journal::webhook

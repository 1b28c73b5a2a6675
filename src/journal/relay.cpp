#include "journal/relay.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace xzepr::journal {
namespace {

std::chrono::milliseconds back_off(std::chrono::milliseconds first, std::uint32_t failures,
                                   std::chrono::milliseconds max) {
  constexpr std::uint32_t doublings_max = 16;
  return std::min(first * (1U << std::min(failures, doublings_max)), max);
}

std::size_t bytes_of(const std::vector<domain::JournalEntry>& entries) {
  std::size_t bytes = 0;
  for (const auto& entry : entries) bytes += domain::text_bytes(entry);
  return bytes;
}

}  // namespace

std::string_view to_string(RelayState state) {
  switch (state) {
    case RelayState::standby: return "standby";
    case RelayState::running: return "running";
    case RelayState::backing_off: return "backing_off";
    case RelayState::blocked: return "blocked";
  }
  std::unreachable();
}

RelayStep Relay::next(Instant now) {
  if (lease_ && now >= sure_until_) lose_lease(now);
  if (is_started_ && (!lease_ || is_broken_)) return RelayStep::stop;
  const bool may_ask_store = now >= store_at_;
  if (!lease_) return may_ask_store && now >= take_at_ ? RelayStep::take_lease : RelayStep::wait;
  if (may_ask_store && now >= renew_at_) return RelayStep::renew_lease;
  if (may_ask_store && wants_to_advance(now)) return RelayStep::advance;
  if (!is_started_) return now >= start_at_ ? RelayStep::start : RelayStep::wait;
  if (is_held_up()) {
    const auto step = next_when_held_up(now);
    return step == RelayStep::bury && !may_ask_store ? RelayStep::wait : step;
  }
  if (now >= send_at_ && next_to_send() != nullptr) return RelayStep::send;
  if (refused_count_ > 0) return RelayStep::wait;
  if (may_ask_store && wants_to_read(now)) return RelayStep::read;
  return RelayStep::wait;
}

bool Relay::wants_to_advance(Instant now) const {
  const auto rows = acknowledged_ - durable_;
  return rows >= settings_.advance_rows || (rows > 0 && now >= advance_at_);
}

// Everything before the refused row is done: it is the first there is.
bool Relay::is_held_up() const { return !flights_.empty() && flights_.front().stage == Stage::refused; }

RelayStep Relay::next_when_held_up(Instant now) const {
  // What is on the way may still be delivered, and decides.
  if (sent_count_ > 0) return RelayStep::wait;
  const auto& refused = flights_.front();
  if (refused.tries >= settings_.tries_max || is_followed_by_key(refused)) return RelayStep::bury;
  return now >= try_at_ && now >= send_at_ ? RelayStep::send : RelayStep::wait;
}

Instant Relay::wake_at(Instant now) const {
  // Whatever is due has its moment here; a moment that is past is not what is waited for.
  auto at = now + settings_.poll_every;
  for (const auto one : {sure_until_, renew_at_, take_at_, start_at_, send_at_, try_at_, poll_at_, read_at_,
                         pace_at_, advance_at_, store_at_}) {
    if (one > now) at = std::min(at, one);
  }
  return at;
}

void Relay::taken(const std::optional<store::SinkLease>& lease, Instant asked) {
  store_failures_ = 0;
  XZEPR_ASSERT(!is_started_);
  if (!lease) {
    take_at_ = asked + settings_.take_every;
    return;
  }
  lease_ = lease;
  sure_until_ = asked + settings_.lease_sure;
  renew_at_ = asked + settings_.renew_every;
  durable_ = acknowledged_ = lease->position;
  forget_flights();
  refused_before_.erase(refused_before_.begin(), refused_before_.upper_bound(acknowledged_));
  failed_as_ = RelayState::running;
  failures_ = 0;
  start_at_ = asked;
}

void Relay::renewed(bool is_mine, Instant asked) {
  store_failures_ = 0;
  if (!is_mine) return lose_lease(asked + settings_.take_every);
  sure_until_ = asked + settings_.lease_sure;
  renew_at_ = asked + settings_.renew_every;
}

void Relay::lose_lease(Instant retry_at) {
  lease_.reset();
  take_at_ = retry_at;
}

void Relay::started() {
  is_started_ = true;
  is_broken_ = false;
  forget_flights();
}

void Relay::stopped() {
  is_started_ = false;
  is_broken_ = false;
  forget_flights();
}

// How often it was tried counts on. What was delivered behind it is forgotten, so it is decided here.
void Relay::remember_refused() {
  for (auto& flight : flights_) {
    if (flight.stage != Stage::refused) continue;
    if (is_followed_by_key(flight)) flight.tries = std::max(flight.tries, settings_.tries_max);
    refused_before_.insert_or_assign(flight.message.position, flight);
  }
}

void Relay::forget_flights() {
  remember_refused();
  flights_.clear();
  unsent_ = sent_count_ = refused_count_ = flight_bytes_ = 0;
  read_through_ = acknowledged_;
  is_more_likely_ = true;
}

Relay::Flight Relay::flight_of(const domain::JournalEntry& entry) const {
  const auto before = refused_before_.find(entry.row.position);
  if (before != refused_before_.end()) return before->second;
  Flight flight{.message = {.position = entry.row.position, .id = entry.row.id},
                .kind = entry.row.kind,
                .at = entry.row.at};
  if (!domain::is_for_brokers(entry.row.kind)) {
    flight.stage = Stage::done;
    return flight;
  }
  auto message = domain::render_message(entry, profile_);
  if (message) {
    flight.message = *std::move(message);
    return flight;
  }
  // Nothing that is rendered from ever changes, so there is no use in trying again.
  flight.message.key = domain::message_key(entry.row);
  flight.stage = Stage::refused;
  flight.tries = settings_.tries_max;
  flight.cause = domain::DeadLetterCause::unrenderable;
  flight.why = std::move(message).error();
  return flight;
}

void Relay::have_read(std::vector<domain::JournalEntry> entries, Instant now) {
  store_failures_ = 0;
  is_commit_heard_ = false;
  is_more_likely_ =
      entries.size() >= settings_.read_rows_max || bytes_of(entries) >= settings_.read_bytes_max;
  read_at_ = now + settings_.read_pause;
  poll_at_ = now + settings_.poll_every;
  keep_pace(entries.size(), now);
  for (const auto& entry : entries) {
    XZEPR_ASSERT(entry.row.position > read_through_);
    read_through_ = entry.row.position;
    auto flight = flight_of(entry);
    flight_bytes_ += flight.message.body.size();
    if (flight.stage == Stage::refused) ++refused_count_;
    flights_.push_back(std::move(flight));
  }
  settle();
}

bool Relay::has_room() const {
  return flights_.size() < settings_.flight_rows_max && flight_bytes_ < settings_.flight_bytes_max;
}

bool Relay::wants_to_read(Instant now) const {
  if (!has_room() || now < pace_at_) return false;
  if (is_more_likely_ || now >= poll_at_) return true;
  return is_commit_heard_ && now >= read_at_;
}

void Relay::measured(std::int64_t newest, Instant now) {
  const std::chrono::duration<double> since = now - std::exchange(measured_at_, now);
  const auto created = newest - std::exchange(newest_, newest);
  const auto behind = newest - read_through_;
  pace_ = 0;
  // While nobody creates anything, nobody feels it.
  if (behind <= settings_.behind_rows || since.count() <= 0 || created == 0) return;
  const auto created_rate = static_cast<std::int64_t>(static_cast<double>(created) / since.count());
  pace_ = std::max(settings_.catch_up_rate, behind / settings_.catch_up_time.count()) + 2 * created_rate;
}

void Relay::keep_pace(std::size_t rows, Instant now) {
  if (pace_ == 0) return;
  const std::chrono::duration<double> share{static_cast<double>(rows) / static_cast<double>(pace_)};
  pace_at_ = std::max(pace_at_, now) + std::chrono::duration_cast<Instant::duration>(share);
}

store::JournalRange Relay::range() const {
  return {.after = read_through_, .rows_max = settings_.read_rows_max, .bytes_max = settings_.read_bytes_max};
}

const domain::Message* Relay::to_send() const {
  const auto* flight = next_to_send();
  return flight != nullptr ? &flight->message : nullptr;
}

// Nothing is sent past a refused row, and that row itself only when nothing else is on the way.
const Relay::Flight* Relay::next_to_send() const {
  if (is_held_up()) return sent_count_ == 0 ? &flights_.front() : nullptr;
  if (unsent_ == flights_.size()) return nullptr;
  const auto* waiting = &flights_[unsent_];
  const auto* refused = first_refused();
  const bool is_before = refused == nullptr || waiting->message.position < refused->message.position;
  return is_before ? waiting : nullptr;
}

void Relay::sent() {
  if (is_held_up()) return set_stage(flights_.front(), Stage::sent);
  set_stage(flights_[unsent_], Stage::sent);
  while (unsent_ < flights_.size() && flights_[unsent_].stage != Stage::waiting) ++unsent_;
}

void Relay::set_stage(Flight& flight, Stage stage) {
  if (flight.stage == Stage::sent) --sent_count_;
  if (flight.stage == Stage::refused) --refused_count_;
  flight.stage = stage;
  if (stage == Stage::sent) ++sent_count_;
  if (stage == Stage::refused) ++refused_count_;
}

void Relay::send_full(Instant now) { send_at_ = now + settings_.poll_every; }

void Relay::delivered(const Delivery& delivery, Instant now) {
  if (!is_started_ || is_broken_) return;
  send_at_ = {};
  if (delivery.status == DeliveryStatus::interrupted) return fail(RelayState::backing_off, delivery.why, now);
  if (delivery.status == DeliveryStatus::blocked) return fail(RelayState::blocked, delivery.why, now);
  if (delivery.status == DeliveryStatus::ready || delivery.status == DeliveryStatus::away) {
    const bool is_ready = delivery.status == DeliveryStatus::ready;
    failed_as_ = is_ready ? RelayState::running : RelayState::backing_off;
    why_ = delivery.why;
    return;
  }
  auto* flight = find(delivery.position);
  if (flight == nullptr || flight->stage != Stage::sent) return;
  if (delivery.status == DeliveryStatus::delivered) {
    failed_as_ = RelayState::running;
    failures_ = 0;
    set_stage(*flight, Stage::done);
    return settle();
  }
  failures_ = 0;  // somebody answers
  ++flight->tries;
  flight->cause = delivery.cause;
  flight->why = delivery.why;
  try_at_ = now + settings_.try_pause;
  set_stage(*flight, Stage::refused);
}

void Relay::settle() {
  while (!flights_.empty() && flights_.front().stage == Stage::done) {
    acknowledged_ = flights_.front().message.position;
    refused_before_.erase(acknowledged_);
    flight_bytes_ -= flights_.front().message.body.size();
    flights_.pop_front();
    if (unsent_ > 0) --unsent_;
  }
  while (unsent_ < flights_.size() && flights_[unsent_].stage != Stage::waiting) ++unsent_;
}

void Relay::fail(RelayState state, const std::string& why, Instant now) {
  is_broken_ = true;
  failed_as_ = state;
  why_ = why;
  start_at_ = now + back_off(settings_.back_off_min, failures_++, settings_.back_off_max);
}

void Relay::advanced(bool is_mine, std::int64_t position, Instant now) {
  store_failures_ = 0;
  if (!is_mine) return lose_lease(now + settings_.take_every);
  durable_ = std::max(durable_, position);
  advance_at_ = now + settings_.advance_every;
}

void Relay::buried(bool is_mine) {
  store_failures_ = 0;
  if (!is_mine) return lose_lease(take_at_);
  durable_ = flights_.front().message.position;
  set_stage(flights_.front(), Stage::done);
  settle();
}

void Relay::store_failed(Instant now) {
  store_at_ = now + back_off(settings_.back_off_min, store_failures_++, settings_.store_pause_max);
}

domain::DeadLetter Relay::letter() const {
  const auto& refused = flights_.front();
  domain::DeadLetter letter;
  letter.position = refused.message.position;
  letter.message_id = refused.message.id;
  letter.kind = refused.kind;
  letter.key = refused.message.key;
  letter.cause = refused.cause;
  letter.detail = refused.why;
  letter.tries = refused.tries;
  return letter;
}

std::optional<TimePoint> Relay::committed_at(std::int64_t position) const {
  const auto* flight = find(position);
  return flight != nullptr ? std::optional(flight->at) : std::nullopt;
}

Relay::Flight* Relay::find(std::int64_t position) {
  return const_cast<Flight*>(std::as_const(*this).find(position));
}

const Relay::Flight* Relay::find(std::int64_t position) const {
  const auto at = std::ranges::lower_bound(flights_, position, {},
                                           [](const Flight& flight) { return flight.message.position; });
  return at == flights_.end() || at->message.position != position ? nullptr : &*at;
}

const Relay::Flight* Relay::first_refused() const {
  if (refused_count_ == 0) return nullptr;
  return &*std::ranges::find(flights_, Stage::refused, &Flight::stage);
}

bool Relay::is_followed_by_key(const Flight& refused) const {
  return std::ranges::any_of(flights_, [&refused](const Flight& flight) {
    return flight.stage == Stage::done && flight.message.position > refused.message.position &&
           flight.message.key == refused.message.key;
  });
}

RelayState Relay::state() const { return lease_ ? failed_as_ : RelayState::standby; }

std::optional<std::int64_t> Relay::epoch() const {
  return lease_ ? std::optional(lease_->epoch) : std::nullopt;
}

bool Relay::is_caught_up() const {
  return is_started_ && !is_broken_ && flights_.empty() && !is_more_likely_ && !is_commit_heard_ &&
         acknowledged_ == durable_;
}

}  // namespace xzepr::journal

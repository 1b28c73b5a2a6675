#include "store/append_queue.hpp"

#include <algorithm>
#include <limits>

#include "base/limits.hpp"

namespace xzepr::store {
namespace {

constexpr auto never = std::numeric_limits<std::size_t>::max();

}  // namespace

void AppendLoad::add(const AppendLoad& other) {
  events += other.events;
  bytes += other.bytes;
  checks += other.checks;
}

void AppendLoad::remove(const AppendLoad& other) {
  events -= other.events;
  bytes -= other.bytes;
  checks -= other.checks;
}

bool AppendLoad::fits_batch_with(const AppendLoad& other) const {
  return events + other.events <= limits::batch_events_max &&
         bytes + other.bytes <= limits::batch_bytes_max &&
         checks + other.checks <= limits::batch_gate_checks_max;
}

bool AppendLoad::fits_queue_with(const AppendLoad& other) const {
  return events + other.events <= limits::append_queue_events_max &&
         bytes + other.bytes <= limits::append_queue_bytes_max;
}

AppendLoad load_of(const AppendUnit& unit) {
  constexpr std::size_t row_bytes = 200;  // ids, times and what the store adds to each row
  AppendLoad load{.events = unit.events.size()};
  for (const auto& event : unit.events) {
    const auto& artifact = event.artifact;
    load.bytes += row_bytes + event.payload.size() + event.description.size() + artifact.name.size() +
                  artifact.version.size() + artifact.release.size() + artifact.platform_id.size() +
                  artifact.package.size();
    load.checks += domain::gate_checks(event.receiver_id, *unit.catalogue);
  }
  return load;
}

std::vector<domain::ArtifactId> artifacts_of(const Batch& batch) {
  std::vector<domain::ArtifactId> artifacts;
  for (const auto& pending : batch) {
    for (const auto& event : pending.unit.events) artifacts.push_back(event.artifact_id);
  }
  return artifacts;
}

void AppendAnswers::add(PendingUnit& pending, AppendOutcome outcome) {
  auto group = std::ranges::find(groups_, pending.home, &Group::home);
  if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{pending.home, {}});
  group->answers.push_back({std::move(pending.resume), std::move(outcome)});
}

std::size_t AppendAnswers::send() {
  std::size_t count = 0;
  for (auto& group : std::exchange(groups_, {})) {
    count += group.answers.size();
    if (group.home) {
      asio::post(*group.home, [answers = std::move(group.answers)]() mutable { give(answers); });
    } else {
      give(group.answers);
    }
  }
  return count;
}

void AppendAnswers::give(std::vector<Answer>& answers) {
  for (auto& answer : answers) answer.resume(std::move(answer.outcome));
}

std::optional<Error> AppendQueue::reason_to_refuse(const AppendLoad& load) const {
  if (is_closed_) return unavailable("the store takes no more events: the server is stopping").error();
  if (!queued_.fits_queue_with(load)) return unavailable("too many events wait to be stored").error();
  return std::nullopt;
}

bool AppendQueue::offer(Batch units) {
  AppendAnswers refused;
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto& pending : units) {
      if (auto reason = reason_to_refuse(pending.load)) {
        refused.add(pending, std::move(*reason));
        continue;
      }
      queued_.add(pending.load);
      ++unanswered_;
      inbox_.push_back(std::move(pending));
    }
    must_wake = inbox_.size() >= wake_at_;
    if (must_wake) wake_at_ = never;
  }
  refused.send();
  return must_wake;
}

void AppendQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
}

bool AppendQueue::wait_until_answered(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return all_answered_.wait_until(lock, deadline.at(), [this] { return unanswered_ == 0; });
}

void AppendQueue::abandon() {
  // What only the inbox knows is answered here, so that even a loop that no longer runs leaves nobody
  // waiting.
  Batch left;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    is_abandoned_ = true;
    left.swap(inbox_);
    for (const auto& pending : left) queued_.remove(pending.load);
  }
  AppendAnswers answers;
  for (auto& pending : left) answers.add(pending, unavailable("the event was not stored in time").error());
  answered(answers.send());
}

void AppendQueue::take_inbox() {
  Batch arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(inbox_);
  }
  for (auto& pending : arrived) waiting_.push_back(std::move(pending));
}

void AppendQueue::refuse_waiting() {
  AppendAnswers answers;
  AppendLoad gone;
  for (auto& pending : waiting_) {
    gone.add(pending.load);
    answers.add(pending, unavailable("the event was not stored in time").error());
  }
  waiting_.clear();
  {
    const std::lock_guard lock(mutex_);
    queued_.remove(gone);
  }
  answered(answers.send());
}

bool AppendQueue::is_held(const AppendUnit& unit, const std::unordered_set<domain::ArtifactId>& held) const {
  return std::ranges::any_of(unit.events, [&](const domain::Event& event) {
    return in_flight_.contains(event.artifact_id) || held.contains(event.artifact_id);
  });
}

Batch AppendQueue::next_batch(std::size_t units_max) {
  take_inbox();
  bool is_abandoned = false;
  {
    const std::lock_guard lock(mutex_);
    is_abandoned = is_abandoned_;
  }
  if (is_abandoned) refuse_waiting();

  Batch batch;
  AppendLoad load;
  AppendLoad gone;
  AppendAnswers expired;
  std::unordered_set<domain::ArtifactId>
      held;  // of units passed over: what follows on them must wait as well
  std::size_t passed_over = 0;
  const auto now = Deadline::Clock::now();
  for (auto at = waiting_.begin(); at != waiting_.end() && passed_over < limits::batch_events_max;) {
    if (at->unit.deadline.at() <= now) {
      gone.add(at->load);
      expired.add(*at, deadline_exceeded().error());
      at = waiting_.erase(at);
      continue;
    }
    if (has_lanes_ && is_held(at->unit, held)) {
      for (const auto& event : at->unit.events) held.insert(event.artifact_id);
      ++passed_over;
      ++at;
      continue;
    }
    if (!batch.empty() && (batch.size() >= units_max || !load.fits_batch_with(at->load))) break;
    load.add(at->load);
    batch.push_back(std::move(*at));
    at = waiting_.erase(at);
  }
  if (has_lanes_) {
    const auto artifacts = artifacts_of(batch);
    in_flight_.insert(artifacts.begin(), artifacts.end());
  }
  gone.add(load);
  {
    const std::lock_guard lock(mutex_);
    queued_.remove(gone);
  }
  answered(expired.send());
  return batch;
}

void AppendQueue::done(std::span<const domain::ArtifactId> artifacts) {
  for (const auto& artifact : artifacts) in_flight_.erase(artifact);
}

void AppendQueue::answered(std::size_t units) {
  if (units == 0) return;
  const std::lock_guard lock(mutex_);
  unanswered_ -= units;
  if (unanswered_ == 0) all_answered_.notify_all();
}

bool AppendQueue::sleep_until(std::size_t units) {
  const std::lock_guard lock(mutex_);
  if (!inbox_.empty() && waiting_.size() + inbox_.size() >= units) return false;
  wake_at_ = units > waiting_.size() ? units - waiting_.size() : 1;
  return true;
}

void AppendQueue::stay_awake() {
  const std::lock_guard lock(mutex_);
  wake_at_ = never;
}

std::size_t AppendQueue::size() {
  const std::lock_guard lock(mutex_);
  return waiting_.size() + inbox_.size();
}

std::size_t AppendQueue::events() {
  const std::lock_guard lock(mutex_);
  return queued_.events;
}

}  // namespace xzepr::store

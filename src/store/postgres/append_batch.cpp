#include "store/postgres/append_batch.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/assert.hpp"

namespace xzepr::store::postgres {
namespace {

std::vector<domain::Appended> replay(const StoredAnswer& stored) {
  auto answers = domain::decode_answer(stored.answer);
  if (!answers)
    throw Fault(Fault::Kind::corrupt,
                "PostgreSQL: the answer stored under an idempotency key cannot be read");
  for (auto& answer : *answers) answer.is_replayed = true;
  return std::move(*answers);
}

}  // namespace

Error idempotency_mismatch() {
  return {.kind = Errc::idempotency_mismatch,
          .code = "idempotency_mismatch",
          .detail = "the idempotency key was used with another body",
          .hint = "send the same body again, or use a new key"};
}

AppendBatch::AppendBatch(std::span<const AppendUnit* const> units)
    : units_(units), outcomes_(units.size()), twin_of_(units.size()), catalogue_(units.front()->catalogue) {
  std::unordered_map<KeyId, std::size_t> first_with;
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (units_[unit]->catalogue->revision() > catalogue_->revision()) catalogue_ = units_[unit]->catalogue;
    if (!units_[unit]->claim) continue;
    const auto [first, is_first] = first_with.emplace(units_[unit]->claim->key, unit);
    if (!is_first) twin_of_[unit] = first->second;
  }
  gather();
}

void AppendBatch::gather() {
  events_.clear();
  claims_.clear();
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (!takes_part(unit)) continue;
    for (const auto& event : units_[unit]->events) events_.push_back(&event);
    if (units_[unit]->claim) claims_.push_back(&*units_[unit]->claim);
  }
  const auto artifact_of = [](const domain::Event* event) { return event->artifact_id; };
  first_events_ = events_;
  std::ranges::stable_sort(first_events_, {}, artifact_of);
  const auto repeats = std::ranges::unique(first_events_, {}, artifact_of);
  first_events_.erase(repeats.begin(), repeats.end());
}

bool AppendBatch::is_at(std::int64_t revision) const {
  return std::ranges::all_of(
      units_, [revision](const AppendUnit* unit) { return unit->catalogue->revision() == revision; });
}

void AppendBatch::answer(std::size_t unit, const StoredAnswer& stored) {
  if (stored.claim.body_hash == units_[unit]->claim->body_hash) {
    outcomes_[unit] = replay(stored);
  } else {
    outcomes_[unit] = idempotency_mismatch();
  }
}

void AppendBatch::settle_taken(std::span<const StoredAnswer> stored) {
  std::unordered_map<KeyId, const StoredAnswer*> by_key;
  for (const auto& one : stored) by_key.emplace(one.claim.key, &one);
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (outcomes_[unit] || !units_[unit]->claim) continue;
    const auto found = by_key.find(units_[unit]->claim->key);
    if (found != by_key.end()) answer(unit, *found->second);
  }
  gather();
}

std::vector<StoredAnswer> AppendBatch::answers_to_store(std::span<const domain::Appended> answers) const {
  std::vector<StoredAnswer> stored;
  std::size_t at = 0;
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (!takes_part(unit)) continue;
    const auto count = units_[unit]->events.size();
    if (units_[unit]->claim)
      stored.push_back(
          {.claim = *units_[unit]->claim, .answer = domain::encode_answer(answers.subspan(at, count))});
    at += count;
  }
  return stored;
}

BatchCommitted AppendBatch::finish(std::vector<domain::Appended> answers) {
  XZEPR_ASSERT(answers.size() == events_.size());
  const auto stored = answers_to_store(answers);
  std::size_t at = 0;
  std::vector<bool> took_part(units_.size());
  for (std::size_t unit = 0; unit < units_.size(); ++unit) took_part[unit] = takes_part(unit);
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (!took_part[unit]) continue;
    std::vector<domain::Appended> own;
    own.reserve(units_[unit]->events.size());
    for (std::size_t count = units_[unit]->events.size(); count > 0; --count)
      own.push_back(std::move(answers[at++]));
    outcomes_[unit] = std::move(own);
  }
  settle_taken(stored);
  BatchCommitted committed;
  committed.outcomes.reserve(units_.size());
  for (auto& outcome : outcomes_) committed.outcomes.push_back(std::move(*outcome));
  return committed;
}

}  // namespace xzepr::store::postgres

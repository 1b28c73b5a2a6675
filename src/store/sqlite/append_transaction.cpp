#include "store/sqlite/append_transaction.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/assert.hpp"
#include "store/sqlite/event_reader.hpp"

namespace xzepr::store::sqlite {
namespace {

/// What becomes of one unit: appended, or answered like an earlier unit of the batch, or answered already.
struct UnitPlan {
  std::size_t first_event = 0;
  std::optional<std::size_t> twin;
  std::optional<AppendOutcome> outcome;

  [[nodiscard]] bool is_appended() const { return !twin && !outcome; }
};

class Batch {
 public:
  Batch(std::span<const AppendUnit* const> units, Tables& tables) : units_(units), tables_(tables) {}

  /// Leaves out the units whose idempotency key is taken.
  void claim();
  [[nodiscard]] bool has_events() const { return !events_.empty(); }
  void number_artifacts();
  [[nodiscard]] domain::Folded fold(const Head& head, TimePoint now, IdSource& ids);
  void write(const domain::Folded& folded, Head& head, TimePoint now);
  [[nodiscard]] BatchCommitted outcomes(std::span<const domain::Appended> answers);

 private:
  struct Number {
    std::int64_t artifact_no;
    bool is_new;
  };

  [[nodiscard]] UnitPlan plan_of(std::size_t unit);
  [[nodiscard]] const Number& number_of(const domain::ArtifactId& id) const { return numbers_.at(id); }
  [[nodiscard]] std::span<const domain::Appended> answers_of(
      std::size_t unit, std::span<const domain::Appended> answers) const {
    return answers.subspan(plans_[unit].first_event, units_[unit]->events.size());
  }

  std::span<const AppendUnit* const> units_;
  Tables& tables_;
  std::vector<UnitPlan> plans_;
  std::vector<const domain::Event*> events_;
  std::unordered_map<domain::ArtifactId, Number> numbers_;
  std::unordered_map<KeyId, std::size_t> unit_by_key_;  // the first one with each
};

AppendOutcome answer_from(const StoredClaim& stored, const IdempotencyClaim& claim) {
  if (stored.body_hash != claim.body_hash) return idempotency_mismatch();
  auto answers = domain::decode_answer(stored.answer);
  if (!answers)
    throw Fault(Fault::Kind::corrupt, "SQLite: the stored answer of an idempotency key cannot be read");
  for (auto& answer : *answers) answer.is_replayed = true;
  return *std::move(answers);
}

UnitPlan Batch::plan_of(std::size_t unit) {
  UnitPlan plan{.first_event = events_.size(), .twin = {}, .outcome = {}};
  const auto& claim = units_[unit]->claim;
  if (!claim) return plan;
  if (const auto stored = tables_.find_claim(*claim)) {
    plan.outcome = answer_from(*stored, *claim);
    return plan;
  }
  const auto [first, is_first] = unit_by_key_.emplace(claim->key, unit);
  if (is_first) return plan;
  if (units_[first->second]->claim->body_hash == claim->body_hash) {
    plan.twin = first->second;
  } else {
    plan.outcome = idempotency_mismatch();
  }
  return plan;
}

void Batch::claim() {
  plans_.reserve(units_.size());
  for (std::size_t i = 0; i < units_.size(); ++i) {
    plans_.push_back(plan_of(i));
    if (!plans_.back().is_appended()) continue;
    for (const auto& event : units_[i]->events) events_.push_back(&event);
  }
}

void Batch::number_artifacts() {
  numbers_.reserve(2 * events_.size());
  for (const auto* event : events_) {
    if (numbers_.contains(event->artifact_id)) continue;
    const auto known = tables_.find_artifact(event->artifact_id);
    numbers_.emplace(event->artifact_id,
                     Number{.artifact_no = known ? *known : tables_.insert_artifact(*event),
                            .is_new = !known.has_value()});
  }
}

domain::Folded Batch::fold(const Head& head, TimePoint now, IdSource& ids) {
  const auto& catalogue = *units_.front()->catalogue;
  const auto keys = domain::gate_keys(events_, catalogue);
  std::vector<domain::OutcomeRow> outcomes;
  std::vector<domain::GateRow> gates;
  // A new artifact has neither.
  for (const auto& key : keys.outcomes) {
    const auto& number = number_of(key.artifact_id);
    if (number.is_new) continue;
    if (const auto row = tables_.find_outcome(key, number.artifact_no)) outcomes.push_back(*row);
  }
  for (const auto& key : keys.gates) {
    const auto& number = number_of(key.artifact_id);
    if (number.is_new) continue;
    if (const auto row = tables_.find_gate(key, number.artifact_no)) gates.push_back(*row);
  }
  return domain::fold({.events = events_,
                       .outcomes = outcomes,
                       .gates = gates,
                       .catalogue = catalogue,
                       .position = head.position,
                       .now = now},
                      ids);
}

void Batch::write(const domain::Folded& folded, Head& head, TimePoint now) {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const auto& event = *events_[i];
    tables_.insert_event(event, number_of(event.artifact_id).artifact_no, folded.answers[i].position);
    head.note_drift(event);
  }
  for (const auto& row : folded.outcomes) tables_.write_outcome(row, number_of(row.artifact_id).artifact_no);
  for (const auto& row : folded.gates) tables_.write_gate(row, number_of(row.artifact_id).artifact_no);
  for (const auto& row : folded.journal) tables_.insert_journal(row, number_of(*row.artifact_id).artifact_no);
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (!units_[i]->claim || !plans_[i].is_appended()) continue;
    tables_.insert_claim(*units_[i]->claim, domain::encode_answer(answers_of(i, folded.answers)), now);
  }
  head.position = folded.position;
  tables_.write_head(head);
}

BatchCommitted Batch::outcomes(std::span<const domain::Appended> answers) {
  BatchCommitted committed;
  committed.outcomes.reserve(units_.size());
  for (std::size_t i = 0; i < units_.size(); ++i) {
    auto& plan = plans_[i];
    if (plan.outcome) {
      committed.outcomes.push_back(*std::move(plan.outcome));
      continue;
    }
    const auto given = answers_of(plan.twin.value_or(i), answers);
    std::vector<domain::Appended> own(given.begin(), given.end());
    for (auto& answer : own) answer.is_replayed = plan.twin.has_value();
    committed.outcomes.emplace_back(std::move(own));
  }
  return committed;
}

}  // namespace

Task<BatchOutcome> AppendTransaction::commit(std::span<const AppendUnit* const> units, Deadline) {
  try {
    co_return commit_now(units);
  } catch (const Fault& fault) {
    if (fault.kind() == Fault::Kind::storage_full) checkpointer_.make_room();
    throw;
  }
}

BatchOutcome AppendTransaction::commit_now(std::span<const AppendUnit* const> units) {
  Transaction transaction(connection_);
  auto head = tables_.read_head();
  const bool is_stale = std::ranges::any_of(
      units, [&](const AppendUnit* unit) { return unit->catalogue->revision() != head.catalogue_revision; });
  if (is_stale) return BatchStale{.revision = head.catalogue_revision};
  Batch batch(units, tables_);
  batch.claim();
  if (!batch.has_events()) return batch.outcomes({});
  batch.number_artifacts();
  const auto now = clock_.now();
  const auto folded = batch.fold(head, now, ids_);
  batch.write(folded, head, now);
  ride_.board();
  transaction.commit();
  ride_.arrive();
  checkpointer_.after_commit();
  return batch.outcomes(folded.answers);
}

}  // namespace xzepr::store::sqlite

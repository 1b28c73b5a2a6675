#include "domain/gate.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/assert.hpp"

namespace xzepr::domain {
namespace {

struct KeyHash {
  std::size_t operator()(const OutcomeKey& key) const noexcept {
    return hash_bytes(key.artifact_id.bytes) ^ (hash_bytes(key.receiver_id.value.bytes) * 31);
  }
  std::size_t operator()(const GateKey& key) const noexcept {
    return hash_bytes(key.artifact_id.bytes) ^ (hash_bytes(key.group_id.value.bytes) * 31);
  }
};

// Built once per batch and asked again and again: the rows as the batch has changed them so far.
class Board {
 public:
  struct Outcome {
    OutcomeRow row;
    bool is_changed = false;
  };
  struct Gate {
    GateRow row;
    bool is_changed = false;
  };

  Board(std::span<const OutcomeRow> outcomes, std::span<const GateRow> gates) {
    outcomes_.reserve(2 * outcomes.size() + 16);
    gates_.reserve(2 * gates.size() + 16);
    for (const auto& row : outcomes)
      outcomes_.emplace(OutcomeKey{row.artifact_id, row.receiver_id}, Outcome{.row = row});
    for (const auto& row : gates) gates_.emplace(GateKey{row.artifact_id, row.group_id}, Gate{.row = row});
  }

  [[nodiscard]] const OutcomeRow* outcome(const ArtifactId& artifact, ReceiverId receiver) const {
    const auto found = outcomes_.find({artifact, receiver});
    return found == outcomes_.end() ? nullptr : &found->second.row;
  }
  void set(const OutcomeRow& row) {
    outcomes_[{row.artifact_id, row.receiver_id}] = {.row = row, .is_changed = true};
  }

  // A gate that was never stored is like one stored before the group existed: pending, at revision 0.
  Gate& gate(const ArtifactId& artifact, GroupId group) {
    const auto [at, is_new] = gates_.try_emplace(GateKey{artifact, group});
    if (is_new) at->second.row = {.group_id = group, .artifact_id = artifact};
    return at->second;
  }

  [[nodiscard]] std::vector<OutcomeRow> changed_outcomes() const {
    std::vector<OutcomeRow> rows;
    for (const auto& [key, outcome] : outcomes_) {
      if (outcome.is_changed) rows.push_back(outcome.row);
    }
    std::ranges::sort(rows, {},
                      [](const OutcomeRow& row) { return OutcomeKey{row.artifact_id, row.receiver_id}; });
    return rows;
  }
  [[nodiscard]] std::vector<GateRow> changed_gates() const {
    std::vector<GateRow> rows;
    for (const auto& [key, gate] : gates_) {
      if (gate.is_changed) rows.push_back(gate.row);
    }
    std::ranges::sort(rows, {}, [](const GateRow& row) { return GateKey{row.artifact_id, row.group_id}; });
    return rows;
  }

 private:
  std::unordered_map<OutcomeKey, Outcome, KeyHash> outcomes_;
  std::unordered_map<GateKey, Gate, KeyHash> gates_;
};

GateState state_of(const Group& group, const ArtifactId& artifact, const Board& board) {
  bool is_missing = false;
  for (const auto receiver : group.receiver_ids) {
    const auto* row = board.outcome(artifact, receiver);
    if (row == nullptr) {
      is_missing = true;
    } else if (!row->passed) {
      return GateState::failing;
    }
  }
  return is_missing ? GateState::pending : GateState::open;
}

void move_to(Board::Gate& gate, GateState state, const Group& group, TimePoint now) {
  auto& row = gate.row;
  const bool is_first = row.group_revision == 0;
  if (!is_first && row.state == state && row.group_revision == group.gate_revision) return;
  if (is_first || row.state != state) row.since = now;
  if (state == GateState::open && !row.first_opened_at) row.first_opened_at = now;
  row.state = state;
  row.group_revision = group.gate_revision;
  gate.is_changed = true;
}

JournalRow gate_row(JournalKind kind, JournalCause cause, const Group& group, const ArtifactId& artifact) {
  return {.kind = kind,
          .cause = cause,
          .artifact_id = artifact,
          .group_id = group.id,
          .group_version = group.resource_version};
}

// Gives positions and ids: the journal's order is the order of the calls.
class JournalWriter {
 public:
  JournalWriter(std::int64_t position, TimePoint now, IdSource& ids)
      : position_(position), now_(now), ids_(ids) {}

  std::int64_t write(JournalRow row) {
    row.position = ++position_;
    row.id = ids_.next(now_);
    row.at = now_;
    rows_.push_back(std::move(row));
    return position_;
  }
  [[nodiscard]] std::int64_t position() const { return position_; }
  [[nodiscard]] std::vector<JournalRow> take() { return std::move(rows_); }

 private:
  std::int64_t position_;
  TimePoint now_;
  IdSource& ids_;
  std::vector<JournalRow> rows_;
};

// A stored state of an older definition is first brought up to the present one, as the sweep would have done.
void bring_up_to_date(const Group& group, const ArtifactId& artifact, Board& board, JournalWriter& journal,
                      TimePoint now) {
  auto& gate = board.gate(artifact, group.id);
  if (gate.row.group_revision == group.gate_revision) return;
  const auto state = state_of(group, artifact, board);
  const bool was_open = gate.row.state == GateState::open;
  const bool is_open = state == GateState::open;
  if (is_open && !was_open)
    journal.write(gate_row(JournalKind::gate_opened, JournalCause::group_changed, group, artifact));
  if (!is_open && was_open)
    journal.write(gate_row(JournalKind::gate_closed, JournalCause::group_changed, group, artifact));
  move_to(gate, state, group, now);
}

JournalRow event_row(const Event& event) {
  return {.kind = JournalKind::event_created,
          .cause = JournalCause::event,
          .artifact_id = event.artifact_id,
          .event_id = event.id,
          .receiver_id = event.receiver_id,
          .receiver_version = event.receiver_version};
}

JournalRow complete_row(const Event& event, const Group& group, const Board& board) {
  auto row = gate_row(JournalKind::group_complete, JournalCause::event, group, event.artifact_id);
  row.event_id = event.id;
  row.receiver_id = event.receiver_id;
  row.receiver_version = event.receiver_version;
  for (const auto receiver : group.receiver_ids) {
    if (receiver == event.receiver_id) continue;
    const auto* outcome = board.outcome(event.artifact_id, receiver);
    XZEPR_ASSERT(outcome != nullptr && outcome->passed);  // the gate was found open
    row.satisfying.push_back(outcome->event_id);
  }
  return row;
}

// One gate's part in one event.
GateState apply(const Event& event, const Group& group, Board& board, JournalWriter& journal, TimePoint now) {
  auto& gate = board.gate(event.artifact_id, group.id);
  const bool was_open = gate.row.state == GateState::open;
  const auto state = state_of(group, event.artifact_id, board);
  if (state == GateState::open) journal.write(complete_row(event, group, board));
  if (state != GateState::open && was_open) {
    auto row = gate_row(JournalKind::gate_closed, JournalCause::event, group, event.artifact_id);
    row.event_id = event.id;
    row.receiver_id = event.receiver_id;
    row.receiver_version = event.receiver_version;
    journal.write(std::move(row));
  }
  move_to(gate, state, group, now);
  return state;
}

Appended apply(const Event& event, const Catalogue& catalogue, Board& board, JournalWriter& journal,
               TimePoint now) {
  const auto groups = catalogue.enabled_groups_of(event.receiver_id);
  for (const auto* group : groups) bring_up_to_date(*group, event.artifact_id, board, journal, now);
  Appended answer{.id = event.id, .position = journal.write(event_row(event))};
  board.set({.artifact_id = event.artifact_id,
             .receiver_id = event.receiver_id,
             .passed = event.success,
             .event_id = event.id,
             .position = answer.position,
             .at = event.created_at});
  answer.gates.reserve(groups.size());
  for (const auto* group : groups) {
    const auto state = apply(event, *group, board, journal, now);
    answer.gates.push_back({.id = group->id, .name = group->name, .state = state});
  }
  return answer;
}

template <class T>
void sort_unique(std::vector<T>& items) {
  std::ranges::sort(items);
  const auto repeats = std::ranges::unique(items);
  items.erase(repeats.begin(), repeats.end());
}

}  // namespace

std::string_view to_string(GateState state) {
  switch (state) {
    case GateState::pending: return "pending";
    case GateState::failing: return "failing";
    case GateState::open: return "open";
    case GateState::disabled: return "disabled";
  }
  std::unreachable();
}

std::optional<GateState> parse_gate_state(std::string_view text) {
  for (const auto state : {GateState::pending, GateState::failing, GateState::open, GateState::disabled}) {
    if (text == to_string(state)) return state;
  }
  return std::nullopt;
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::missing: return "missing";
    case Outcome::passed: return "passed";
    case Outcome::failed: return "failed";
  }
  std::unreachable();
}

GateKeys gate_keys(std::span<const Event* const> events, const Catalogue& catalogue) {
  GateKeys keys;
  for (const auto* event : events) {
    for (const auto* group : catalogue.enabled_groups_of(event->receiver_id)) {
      keys.gates.push_back({event->artifact_id, group->id});
      for (const auto receiver : group->receiver_ids) keys.outcomes.push_back({event->artifact_id, receiver});
    }
  }
  sort_unique(keys.outcomes);
  sort_unique(keys.gates);
  return keys;
}

std::size_t gate_checks(ReceiverId receiver, const Catalogue& catalogue) {
  std::size_t checks = 0;
  for (const auto* group : catalogue.enabled_groups_of(receiver)) checks += group->receiver_ids.size();
  return checks;
}

Folded fold(const FoldInput& input, IdSource& ids) {
  Board board(input.outcomes, input.gates);
  JournalWriter journal(input.position, input.now, ids);
  Folded folded;
  folded.answers.reserve(input.events.size());
  for (const auto* event : input.events)
    folded.answers.push_back(apply(*event, input.catalogue, board, journal, input.now));
  folded.outcomes = board.changed_outcomes();
  folded.gates = board.changed_gates();
  folded.position = journal.position();
  folded.journal = journal.take();
  return folded;
}

Folded sweep(const SweepInput& input, IdSource& ids) {
  Board board(input.outcomes, input.gates);
  JournalWriter journal(input.position, input.now, ids);
  if (input.group.enabled) {
    for (const auto& artifact : input.artifacts)
      bring_up_to_date(input.group, artifact, board, journal, input.now);
  }
  Folded folded;
  folded.gates = board.changed_gates();
  folded.position = journal.position();
  folded.journal = journal.take();
  return folded;
}

GateState evaluate(const Group& group, std::span<const OutcomeRow> outcomes_of_artifact) {
  if (!group.enabled) return GateState::disabled;
  bool is_missing = false;
  for (const auto receiver : group.receiver_ids) {
    const auto found = std::ranges::find(outcomes_of_artifact, receiver, &OutcomeRow::receiver_id);
    if (found == outcomes_of_artifact.end()) {
      is_missing = true;
    } else if (!found->passed) {
      return GateState::failing;
    }
  }
  return is_missing ? GateState::pending : GateState::open;
}

}  // namespace xzepr::domain

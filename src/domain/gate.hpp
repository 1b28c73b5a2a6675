// The gate rule, pure and the same for every store. For one artifact a receiver's outcome is the success of
// its latest event in order of arrival; a gate is open when it is enabled and every receiver has a passing
// outcome. A batch has exactly the effect of its events applied one by one in their order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/catalogue.hpp"
#include "domain/event.hpp"
#include "domain/journal_row.hpp"

namespace xzepr::domain {

/// Values are stored: never renumber. failing = a receiver's latest event failed; pending = none failed, some
/// missing.
enum class GateState : std::uint8_t { pending = 1, failing = 2, open = 3, disabled = 4 };
[[nodiscard]] std::string_view to_string(GateState state);
[[nodiscard]] std::optional<GateState> parse_gate_state(std::string_view text);

/// The latest event of one receiver for one artifact.
struct OutcomeRow {
  ArtifactId artifact_id;
  ReceiverId receiver_id;
  bool passed = false;
  EventId event_id;
  std::int64_t position = 0;
  TimePoint at;

  friend bool operator==(const OutcomeRow&, const OutcomeRow&) = default;
};

/// The stored state of one gate for one artifact, as of the group's `group_revision` (Group::gate_revision).
struct GateRow {
  GroupId group_id;
  ArtifactId artifact_id;
  GateState state = GateState::pending;  ///< never disabled
  std::int64_t group_revision = 0;
  TimePoint since;
  std::optional<TimePoint> first_opened_at;

  friend bool operator==(const GateRow&, const GateRow&) = default;
};

struct OutcomeKey {
  ArtifactId artifact_id;
  ReceiverId receiver_id;
  friend auto operator<=>(const OutcomeKey&, const OutcomeKey&) = default;
};
struct GateKey {
  ArtifactId artifact_id;
  GroupId group_id;
  friend auto operator<=>(const GateKey&, const GateKey&) = default;
};

/// The rows that a batch must read under the head lock: sorted, without repeats.
struct GateKeys {
  std::vector<OutcomeKey> outcomes;
  std::vector<GateKey> gates;
};
[[nodiscard]] GateKeys gate_keys(std::span<const Event* const> events, const Catalogue& catalogue);
/// How many gate checks one event costs: the receivers of all its candidate gates.
[[nodiscard]] std::size_t gate_checks(ReceiverId receiver, const Catalogue& catalogue);

/// One gate's state right after one event, for its answer.
struct GateAnswer {
  GroupId id;
  std::string name;
  GateState state = GateState::pending;

  friend bool operator==(const GateAnswer&, const GateAnswer&) = default;
};

/// What the poster of one event is told.
struct Appended {
  EventId id;
  std::int64_t position = 0;
  std::vector<GateAnswer> gates;  ///< every enabled group with the event's receiver, by group id
  bool is_replayed = false;       ///< answered from the idempotency key's stored answer

  friend bool operator==(const Appended&, const Appended&) = default;
};

/// The stored form of an answer under an idempotency key (JSON text) and back.
[[nodiscard]] std::string encode_answer(std::span<const Appended> answers);
[[nodiscard]] std::optional<std::vector<Appended>> decode_answer(std::string_view text);

struct FoldInput {
  std::span<const Event* const> events;  ///< in order of arrival
  std::span<const OutcomeRow> outcomes;  ///< all that exist of gate_keys().outcomes
  std::span<const GateRow> gates;        ///< all that exist of gate_keys().gates
  const Catalogue& catalogue;
  std::int64_t position;  ///< the head's: the first row gets position + 1
  TimePoint now;          ///< of every journal row and gate change
};

struct Folded {
  std::vector<OutcomeRow> outcomes;  ///< to write: one per key, sorted by key
  std::vector<GateRow> gates;        ///< to write: those that changed, sorted by (artifact, group)
  std::vector<JournalRow> journal;   ///< each event row is followed at once by the gate rows that it causes
  std::vector<Appended> answers;     ///< one per event, in order
  std::int64_t position = 0;         ///< the new head
};

[[nodiscard]] Folded fold(const FoldInput& input, IdSource& ids);

/// Brings the gates of one group up to its present definition: rows with cause group_changed, never a
/// group-complete.
struct SweepInput {
  const Group& group;
  std::span<const ArtifactId> artifacts;  ///< sorted
  std::span<const OutcomeRow> outcomes;   ///< of these artifacts and the group's receivers
  std::span<const GateRow> gates;         ///< of these artifacts and the group
  std::int64_t position;
  TimePoint now;
};
/// `answers` and `outcomes` are empty.
[[nodiscard]] Folded sweep(const SweepInput& input, IdSource& ids);

/// One receiver's part in the answer to "why is it not open?".
enum class Outcome : std::uint8_t { missing, passed, failed };
[[nodiscard]] std::string_view to_string(Outcome outcome);

/// The state of one gate from outcomes and the present definition: exact at once after any change.
[[nodiscard]] GateState evaluate(const Group& group, std::span<const OutcomeRow> outcomes_of_artifact);

}  // namespace xzepr::domain

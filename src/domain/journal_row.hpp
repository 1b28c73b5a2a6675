// One line of the journal: what was committed, in order, without gaps. Messages are rendered from it later.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/artifact.hpp"

namespace xzepr::domain {

/// Values are stored: never renumber.
enum class JournalKind : std::uint8_t {
  event_created = 1,
  group_complete = 2,  ///< a passing event of a member receiver left the gate open
  gate_opened = 3,     ///< by a change of the group, not by an event
  gate_closed = 4,
  receiver_created = 5,
  receiver_modified = 6,
  receiver_deleted = 7,
  group_created = 8,
  group_modified = 9,
  group_deleted = 10,
};

/// Whether a message of such a row tells of events.
[[nodiscard]] constexpr bool has_events(JournalKind kind) {
  return kind == JournalKind::event_created || kind == JournalKind::group_complete;
}

enum class JournalCause : std::uint8_t { event = 1, group_changed = 2, request = 3 };

struct JournalRow {
  std::int64_t position = 0;  ///< given under the head lock: commit order, no gaps
  Ulid id;                    ///< the message's own id
  JournalKind kind = JournalKind::event_created;
  JournalCause cause = JournalCause::event;
  std::optional<ArtifactId> artifact_id;
  std::optional<EventId> event_id;  ///< the event itself, or the one that caused this row
  std::optional<ReceiverId> receiver_id;
  std::int64_t receiver_version = 0;
  std::optional<GroupId> group_id;
  std::int64_t group_version = 0;
  std::vector<EventId>
      satisfying;  ///< of group_complete: the other events that hold the gate open, in the group's order
  TimePoint at;

  friend bool operator==(const JournalRow&, const JournalRow&) = default;
};

}  // namespace xzepr::domain

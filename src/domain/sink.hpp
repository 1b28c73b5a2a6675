// A sink is a reader of the journal outside of this server: it has a name and a position up to which
// everything has been delivered. A dead letter is a row that it refuses.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/journal_row.hpp"

namespace xzepr::domain {

struct Sink {
  std::string name;
  std::int64_t position = 0;  ///< of the journal: every row up to here is delivered or a dead letter
  std::string owner;          ///< the driver that has, or had last, the lease; names a process
  std::int64_t epoch = 0;     ///< of the lease: one more for each driver
  std::optional<TimePoint> lease_until;  ///< by the database's clock; nullopt: given back

  friend bool operator==(const Sink&, const Sink&) = default;
};

/// Values are stored: never renumber.
enum class DeadLetterCause : std::uint8_t {
  too_large = 1,     ///< for the sink
  unrenderable = 2,  ///< something that the message tells of is not stored
  refused = 3,       ///< the sink refuses this very message
};
[[nodiscard]] std::string_view to_string(DeadLetterCause cause);

using DeadLetterId = Id<struct DeadLetterTag>;

struct DeadLetter {
  DeadLetterId id;
  std::string sink;
  std::int64_t position = 0;
  Ulid message_id;
  JournalKind kind = JournalKind::event_created;
  std::string key;
  DeadLetterCause cause = DeadLetterCause::refused;
  std::string detail;
  std::int64_t tries = 0;
  TimePoint failed_at;
  std::optional<TimePoint> resend_at;  ///< when somebody asked for it to be sent again

  friend bool operator==(const DeadLetter&, const DeadLetter&) = default;
};

}  // namespace xzepr::domain

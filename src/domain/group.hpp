// A group of receivers: a gate. Open for an artifact when each receiver's latest event passed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/subject.hpp"

namespace xzepr::domain {

struct Group {
  GroupId id;
  std::string name;
  std::string type;
  std::string version;
  std::string description;
  bool enabled = true;
  std::vector<ReceiverId> receiver_ids;  ///< one or more, no repeats, in the order given
  std::vector<Subject> members;
  Subject owner;
  std::int64_t resource_version = 1;
  /// The catalogue revision of the last change that can alter a gate's state (receivers, enabled). Stored
  /// gates carry it, so a stale one is known.
  std::int64_t gate_revision = 0;
  TimePoint created_at;
  TimePoint updated_at;

  friend bool operator==(const Group&, const Group&) = default;
};

}  // namespace xzepr::domain

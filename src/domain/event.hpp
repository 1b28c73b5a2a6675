// One fact about one artifact. Never changed and never deleted: a correction is a new event.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/artifact.hpp"

namespace xzepr::domain {

struct Event {
  EventId id;
  Artifact artifact;
  ArtifactId artifact_id;
  std::string description;
  std::string payload;  ///< JSON text of what the receiver's schema accepted
  bool success = true;
  TimePoint event_start;
  TimePoint event_end;
  ReceiverId receiver_id;
  std::int64_t receiver_version =
      1;                 ///< the receiver's resource_version that the payload was checked against
  TimePoint created_at;  ///< also updated_at: an event is never updated
  UserId created_by;

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace xzepr::domain

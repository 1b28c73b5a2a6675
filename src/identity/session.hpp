// A login that lasts: the family of an access token and its refresh tokens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"

namespace xzepr::identity {

struct Session {
  SessionId id;
  UserId user_id;
  std::vector<std::string> team_roles = {};  ///< of a provider, at the login
  TimePoint created_at;
  TimePoint expires_at;  ///< for good, however often it is refreshed
  std::optional<TimePoint> ended_at = std::nullopt;

  [[nodiscard]] bool is_live(TimePoint now) const { return !ended_at && now < expires_at; }
  friend bool operator==(const Session&, const Session&) = default;
};

}  // namespace xzepr::identity
